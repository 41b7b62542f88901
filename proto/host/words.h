/* The words for people: English in the sources, German from the catalogue agents/po/de.po. */
#ifndef LAGEBUS_HOST_WORDS_H
#define LAGEBUS_HOST_WORDS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/payload_field.h"

/* Chooses the language and finds the catalogue: German where LC_ALL, LC_MESSAGES or LANG, the first that is set, begins with "de" or none is set;
 * English for all else. No locale has to be generated for it. The catalogue is in LAGEBUS_LOCALEDIR, or in ../share/locale beside the program's
 * folder; without it the words are English. Once, before threads begin; later calls look again. */
void words_init(void);
bool words_are_german(void);
/* Speaks the other language from now on, for a reader who asks in it; what was spoken before. Without a catalogue German is English. */
bool words_speak_german(bool german);
/* The tag of a language (RFC 5646) that somebody asks in: is it German? Empty: what `own` says. */
bool words_tag_is_german(const char *tag, bool own);

/* A text in the chosen language. Static storage. */
const char *words(const char *english) __attribute__((format_arg(1)));
const char *words_n(const char *one, const char *many, uint64_t n) __attribute__((format_arg(1), format_arg(2)));
#define _(text) words(text)
#define N_(text) text /* translated where it is used */

/* A text that a library, the agent or the broker composed in English ("title: is missing", "has more than 64 bytes"), as far as the catalogue has its
 * parts: those between ": ", each with "#" for a number or what stands in quotes. Cut where out is full. */
void words_parts(const char *english, char *out, size_t n);

/* "1,200" or "1.200". */
void words_number(uint64_t n, char out[FIELD_WORD]);
/* What a field of a payload and a value of its enumerations are called: their names in proto/ are the English. */
void words_field(const ProtobufCFieldDescriptor *f, char out[FIELD_WORD]);
void words_enum(const ProtobufCEnumDescriptor *e, int64_t value, char out[FIELD_WORD]);
/* "IncidentReport" and its kin are no words; a type has these, from lb_type_name. */
const char *words_type(unsigned type);

#endif
