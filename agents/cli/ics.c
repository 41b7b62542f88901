/* Events as a calendar (RFC 5545). */
#include "agents/cli/ics.h"

#include <string.h>
#include <time.h>

#include "agents/cli/out.h"
#include "agents/cli/text.h"
#include "lagebus/tlp.h"

#define LINE_MAX_OCTETS 75 /* without the line break (section 3.1) */

/* A content line that is written octet by octet, and folded between characters. */
struct line {
	FILE *f;
	unsigned octets;
};

static void put_character(struct line *l, const char *p, size_t n)
{
	if (l->octets + n > LINE_MAX_OCTETS) {
		fputs("\r\n ", l->f);
		l->octets = 1;
	}
	fwrite(p, 1, n, l->f);
	l->octets += (unsigned)n;
}

static void put(struct line *l, const char *ascii)
{
	for (; *ascii; ascii++)
		put_character(l, ascii, 1);
}

/* TEXT (section 3.3.11): what separates is escaped, a line break is \n, what is no text is left out. */
static void put_text(struct line *l, const char *text)
{
	size_t size;

	for (size_t n = strlen(text); n > 0; text += size, n -= size) {
		uint32_t code = 0;

		size = text_decode(text, n, &code);
		if (size == 0) {
			size = 1;
			continue;
		}
		if (code == '\n')
			put_character(l, "\\n", 2);
		else if (code == '\\' || code == ';' || code == ',')
			put_character(l, (const char[]){ '\\', (char)code }, 2);
		else if (!text_is_hostile(code))
			put_character(l, text, size);
	}
}

static void begin(struct line *l, const char *name)
{
	l->octets = 0;
	put(l, name);
}

static void end(struct line *l)
{
	fputs("\r\n", l->f);
}

static void put_line(FILE *f, const char *name, const char *text)
{
	struct line l = { f, 0 };

	if (!*text)
		return;
	begin(&l, name);
	put_text(&l, text);
	end(&l);
}

static void put_time(FILE *f, const char *name, int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char text[40];
	struct tm tm;

	if (gmtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm) == 16)
		fprintf(f, "%s:%s\r\n", name, text);
}

/* A URI has none of what would end it; what has is not one. */
static bool is_uri(const char *text)
{
	if (!*text || !strchr(text, ':'))
		return false;
	for (; *text; text++)
		if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f || strchr("\"<>\\^`{|}", *text))
			return false;
	return true;
}

/* A parameter's value in quotes (section 3.2) has no quotes and no controls. */
static void put_quoted(struct line *l, const char *text)
{
	size_t size;

	put(l, "\"");
	for (size_t n = strlen(text); n > 0; text += size, n -= size) {
		uint32_t code = 0;

		size = text_decode(text, n, &code);
		if (size == 0)
			size = 1;
		else if (code == '"' || code == '\n')
			put_character(l, " ", 1);
		else if (!text_is_hostile(code))
			put_character(l, text, size);
	}
	put(l, "\"");
}

/* A published event names its organiser (RFC 5546, section 3.2.1); who has no address gets one that says so. */
static void put_organiser(FILE *f, const struct training *t)
{
	const Lagebus__Contact *c = t->event->organiser;
	struct line l = { f, 0 };
	char origin[LB_PARTNER_ID_MAX + 1], address[300];

	snprintf(origin, sizeof(origin), "%.*s", (int)t->header.origin.n, t->header.origin.p);
	snprintf(address, sizeof(address), "mailto:%s", c ? c->email : "");
	begin(&l, "ORGANIZER;CN=");
	put_quoted(&l, c && *c->function ? c->function : origin);
	put(&l, ":");
	put(&l, c && *c->email && is_uri(address) ? address : "invalid:nomail");
	end(&l);
}

static void put_description(FILE *f, const struct training *t)
{
	const Lagebus__TrainingEvent *e = t->event;
	struct line l = { f, 0 };

	if (!*e->description && !*e->accessibility && !t->header.exercise)
		return;
	begin(&l, "DESCRIPTION:");
	if (t->header.exercise)
		put_text(&l, OUT_EXERCISE "\n");
	put_text(&l, e->description);
	if (*e->accessibility) {
		put_text(&l, *e->description ? "\n\n" : "");
		put_text(&l, "Barrierefreiheit: ");
		put_text(&l, e->accessibility);
	}
	end(&l);
}

static void put_summary(FILE *f, const struct training *t)
{
	struct line l = { f, 0 };

	begin(&l, "SUMMARY:");
	if (t->header.exercise)
		put_text(&l, OUT_EXERCISE " ");
	put_text(&l, t->event->title);
	end(&l);
}

static const char *status_of(const Lagebus__TrainingEvent *e)
{
	switch ((int)e->status) {
	case LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_TENTATIVE: return "TENTATIVE";
	case LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED: return "CANCELLED";
	default:                                                  return "CONFIRMED";
	}
}

static const char *class_of(const struct training *t)
{
	return lb_tlp_effective(t->header.tlp) == LB_TLP_CLEAR ? "PUBLIC" : lb_tlp_effective(t->header.tlp) == LB_TLP_GREEN ? "PRIVATE" : "CONFIDENTIAL";
}

static void put_event(FILE *f, const struct training *t)
{
	const Lagebus__TrainingEvent *e = t->event;
	struct line l = { f, 0 };

	fputs("BEGIN:VEVENT\r\n", f);
	put_line(f, "UID:", e->uid);
	put_time(f, "DTSTAMP", t->header.created_ms);
	put_time(f, "DTSTART", e->begins);
	if (e->ends > e->begins)
		put_time(f, "DTEND", e->ends);
	fprintf(f, "SEQUENCE:%u\r\nSTATUS:%s\r\nCLASS:%s\r\n", e->sequence, status_of(e), class_of(t));
	put_summary(f, t);
	put_description(f, t);
	put_line(f, "LOCATION:", e->place);
	if (is_uri(e->url)) {
		begin(&l, "URL:");
		put(&l, e->url);
		end(&l);
	}
	put_line(f, "CATEGORIES:", training_kind(e->kind));
	put_organiser(f, t);
	fputs("END:VEVENT\r\n", f);
}

void ics_write(FILE *f, const struct trainings *t)
{
	fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Lagebus//lagebus " LAGEBUS_VERSION "//DE\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n", f);
	for (size_t i = 0; i < t->n; i++)
		put_event(f, &t->list[i]);
	fputs("END:VCALENDAR\r\n", f);
}
