/* A payload for a reader. */
#include "agents/cli/payload_print.h"

#include <stdio.h>
#include <string.h>

#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/uuid.h"
#include "proto/host/words.h"
#include "proto/payload_field.h"
#include "proto/receipt.pb-c.h"

#define LISTED 12     /* of a long list, as many are shown */
#define VALUE_MAX 1024 /* bytes of an element that is a message */

/* A value in a few words; of a text that is longer, the beginning. */
static void value_text(const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i, char *out, size_t n);

struct line {
	char *text;
	size_t n, at;
};

static void put(struct line *l, const char *before, const char *text)
{
	int n = l->at < l->n ? snprintf(l->text + l->at, l->n - l->at, "%s%s", before, text) : 0;

	l->at += n > 0 ? (size_t)n : 0;
}

/* What says by itself what it is needs no name in front. */
static bool speaks_for_itself(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f)
{
	enum field_kind kind = field_kind(rules, f);

	return kind == FIELD_TEXT || kind == FIELD_ENUM || kind == FIELD_MESSAGE;
}

static void put_field(struct line *l, const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	char name[FIELD_WORD], value[VALUE_MAX] = "";

	words_field(f, name);
	if (field_kind(rules, f) == FIELD_FLAG) {
		put(l, l->at ? ", " : "", name);
		return;
	}
	for (size_t i = 0; i < field_count(m, f); i++) {
		value_text(rules, m, f, i, value, sizeof(value));
		put(l, l->at ? ", " : "", speaks_for_itself(rules, f) ? "" : name);
		put(l, speaks_for_itself(rules, f) ? "" : " ", value);
	}
}

/* "name: number" is how a count reads; all else is what is there, with commas. An element's own id is of no use to a reader. */
static void message_text(const ProtobufCMessage *m, char *out, size_t n)
{
	const struct payload_rules *rules = payload_rules(m->descriptor);
	const ProtobufCFieldDescriptor *fields = m->descriptor->fields;
	struct line l = { out, n, 0 };
	char number[FIELD_WORD];

	out[0] = 0;
	if (m->descriptor->n_fields == 2 && field_kind(rules, &fields[0]) == FIELD_TEXT && field_kind(rules, &fields[1]) == FIELD_NUMBER) {
		words_number(field_unsigned(m, &fields[1], 0), number);
		put(&l, field_text(m, &fields[0], 0), ": ");
		put(&l, number, "");
		return;
	}
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		if (!field_is_empty(m, &fields[i]) && strcmp(fields[i].name, "id") != 0)
			put_field(&l, rules, m, &fields[i]);
}

static void id_text(ProtobufCBinaryData bytes, char *out, size_t n)
{
	char text[LB_UUID_TEXT] = "";
	struct lb_uuid id;

	if (bytes.len == sizeof(id.b)) {
		memcpy(id.b, bytes.data, sizeof(id.b));
		lb_uuid_format(&id, text);
	}
	snprintf(out, n, "%s", text);
}

static void time_text(int64_t ms, char *out, size_t n)
{
	char text[WHEN_TEXT];

	when_short(ms, when_now_ms(), text);
	snprintf(out, n, "%s", text);
}

static void bytes_text(size_t size, char *out, size_t n)
{
	char number[FIELD_WORD];

	words_number(size, number);
	snprintf(out, n, words_n("%s byte", "%s bytes", size), number);
}

/* A receipt's state has its words in the header's schema. */
static void number_text(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, char *out, size_t n)
{
	char number[FIELD_WORD];

	words_number(field_unsigned(m, f, 0), number);
	if (m->descriptor == &lagebus__receipt__descriptor && strcmp(f->name, "state") == 0)
		snprintf(out, n, "%s", _(out_ack((unsigned)field_unsigned(m, f, 0))));
	else
		snprintf(out, n, "%s", number);
}

static void value_text(const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i, char *out, size_t n)
{
	char word[FIELD_WORD];

	switch (field_kind(rules, f)) {
	case FIELD_TEXT:
		snprintf(out, n, "%s", field_text(m, f, i));
		return;
	case FIELD_ID:
		id_text(field_bytes(m, f, i), out, n);
		return;
	case FIELD_BYTES:
		bytes_text(field_bytes(m, f, i).len, out, n);
		return;
	case FIELD_TIME:
		time_text(field_number(m, f, i), out, n);
		return;
	case FIELD_NUMBER:
		number_text(m, f, out, n);
		return;
	case FIELD_FLAG:
		snprintf(out, n, "%s", _("yes"));
		return;
	case FIELD_ENUM:
		words_enum(f->descriptor, field_number(m, f, i), word);
		snprintf(out, n, "%s", word);
		return;
	case FIELD_MESSAGE:
		break;
	}
	message_text(field_message(m, f, i), out, n);
}

/* A text is shown whole, whatever its length. */
static void print_value(struct cli *cli, const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i,
                        const char *name)
{
	char value[VALUE_MAX];

	if (field_kind(rules, f) == FIELD_TEXT) {
		out_field(cli, OUT_PLAIN, name, field_text(m, f, i));
		return;
	}
	value_text(rules, m, f, i, value, sizeof(value));
	out_field(cli, OUT_PLAIN, name, value);
}

static void print_field(struct cli *cli, const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	char name[FIELD_WORD], number[FIELD_WORD], rest[2 * FIELD_WORD];
	const char *again = cli->terminal ? "" : name; /* in a pipe every line says what it is */
	size_t n = field_count(m, f);

	words_field(f, name);
	for (size_t i = 0; i < n && i < LISTED; i++)
		print_value(cli, rules, m, f, i, i ? again : name);
	if (n <= LISTED)
		return;
	words_number(n - LISTED, number);
	snprintf(rest, sizeof(rest), _("and %s more (--json has all)"), number);
	out_field(cli, OUT_DIM, again, rest);
}

static bool is_body(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f)
{
	return (field_rule(rules, f).flags & FIELD_LINES) && f->label != PROTOBUF_C_LABEL_REPEATED;
}

/* With a head only where there is more than one. */
static void print_bodies(struct cli *cli, const struct payload_rules *rules, const ProtobufCMessage *m)
{
	const ProtobufCMessageDescriptor *schema = m->descriptor;
	char name[FIELD_WORD];
	unsigned n = 0;

	for (unsigned i = 0; i < schema->n_fields; i++)
		n += is_body(rules, &schema->fields[i]) && !field_is_empty(m, &schema->fields[i]);
	for (unsigned i = 0; i < schema->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &schema->fields[i];

		if (!is_body(rules, f) || field_is_empty(m, f))
			continue;
		fputc('\n', cli->out);
		words_field(f, name);
		if (n > 1)
			out_styled(cli, OUT_HEAD, "%s", name);
		out_text(cli, field_text(m, f, 0));
	}
}

void payload_print(const ProtobufCMessage *m, struct cli *cli)
{
	const struct payload_rules *rules = payload_rules(m->descriptor);

	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		bool above = strcmp(f->name, "title") == 0 || strcmp(f->name, "tracking_id") == 0;

		if (!above && !is_body(rules, f) && !field_is_empty(m, f))
			print_field(cli, rules, m, f);
	}
	print_bodies(cli, rules, m);
}
