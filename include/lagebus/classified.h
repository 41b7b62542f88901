/* German classification markings (VSA): VS-NUR FÜR DEN DIENSTGEBRAUCH and higher, which no part of the bus may carry. */
#ifndef LAGEBUS_CLASSIFIED_H
#define LAGEBUS_CLASSIFIED_H

#include <stdbool.h>
#include <stddef.h>

/* Does a text carry such a marking: VS-NfD, VS-NUR FÜR DEN DIENSTGEBRAUCH, VS-VERTRAULICH in any case and with any dashes and blanks between
 * the words, GEHEIM or STRENG GEHEIM in capitals? A marking stands for itself: on its line there is nothing before it, or a mark
 * like : - ( [ |, and nothing after it that goes on with the sentence ("freigegeben für VS-NfD" and „VS-NfD“ are none). UTF-8; other bytes
 * are letters. Pure, and linear in n. */
bool lb_text_is_classified(const char *p, size_t n);

#endif
