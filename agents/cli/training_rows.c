/* The agent's table of training. */
#include "agents/cli/training_rows.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/out.h"
#include "lagebus/tlp.h"
#include "lagebus/uuid.h"
#include "proto/host/words.h"

#define SHORTEST 4

static lb_err read_row(const Lagebus__TrainingRow *row, struct training *out)
{
	out->row = row;
	out->event = lagebus__training_event__unpack(NULL, row->event.len, row->event.data ? row->event.data : (const uint8_t *)"");
	if (!out->event)
		return LB_INVALID;
	return lb_header_decode(row->header.data, row->header.len, &out->header);
}

static enum cli_exit read_rows(struct cli *cli, struct trainings *out)
{
	const Lagebus__TrainingReply *r = out->reply->training;

	if (out->reply->body_case != LAGEBUS__REPLY__BODY_TRAINING)
		return cli_fail(cli, CLI_IO, "the agent's answer is no list of training");
	out->list = calloc(r->n_rows + 1, sizeof(*out->list));
	if (!out->list)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < r->n_rows; i++)
		if (read_row(r->rows[i], &out->list[out->n++]) != LB_OK)
			return cli_fail(cli, CLI_IO, "the agent's answer has an event that cannot be read");
	return CLI_OK;
}

enum cli_exit trainings_ask(struct client *client, bool past, bool registrations, struct trainings *out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__TrainingRequest body = LAGEBUS__TRAINING_REQUEST__INIT;
	enum cli_exit code;

	*out = (struct trainings){ .reply = NULL };
	body.past = past;
	body.registrations = registrations;
	request.body_case = LAGEBUS__REQUEST__BODY_TRAINING;
	request.training = &body;
	code = client_ask(client, &request, "reading the training", &out->reply);
	return code ? code : read_rows(client->cli, out);
}

void trainings_fini(struct trainings *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].event)
			lagebus__training_event__free_unpacked(t->list[i].event, NULL);
	free(t->list);
	if (t->reply)
		lagebus__reply__free_unpacked(t->reply, NULL);
	*t = (struct trainings){ .reply = NULL };
}

static bool matches(const char *uid, const char *written)
{
	size_t n = strlen(written), name = strcspn(uid, "@");

	if (strcmp(uid, written) == 0)
		return true;
	if (n < SHORTEST)
		return false;
	return strncmp(uid, written, n) == 0 || (n <= name && strncmp(uid + name - n, written, n) == 0);
}

static enum cli_exit find_last(struct cli *cli, const struct trainings *t, const struct training **out)
{
	const struct training *last = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (!last || t->list[i].header.created_ms > last->header.created_ms)
			last = &t->list[i];
	if (!last)
		return cli_fail(cli, CLI_NOT_FOUND, "no event is announced (lagebus training list --past lists those that have been)");
	*out = last;
	return CLI_OK;
}

enum cli_exit training_find(struct cli *cli, const struct trainings *t, const char *written, const struct training **out)
{
	size_t found = 0;

	if (strcmp(written, "last") == 0)
		return find_last(cli, t, out);
	for (size_t i = 0; i < t->n; i++)
		if (matches(t->list[i].event->uid, written)) {
			*out = &t->list[i];
			if (strcmp(t->list[i].event->uid, written) == 0)
				return CLI_OK;
			found++;
		}
	if (found == 1)
		return CLI_OK;
	if (found > 1)
		return cli_fail(cli, CLI_USAGE, "'%.80s' stands for %zu events: give more of the uid (lagebus training list)", written, found);
	return cli_fail(cli, CLI_NOT_FOUND, "there is no event '%.80s': its uid, its beginning or what stands before the @ is expected (lagebus training list)", written);
}

static const char *name_of(const char *const *names, size_t n, unsigned at)
{
	return at < n && names[at] ? names[at] : "";
}

const char *training_kind(unsigned kind)
{
	static const char *const names[] = { "", N_("lecture"), N_("workshop"), N_("event") };

	return name_of(names, sizeof(names) / sizeof(names[0]), kind);
}

const char *training_audience(unsigned audience)
{
	static const char *const names[] = { "", N_("staff"), N_("citizens") };

	return name_of(names, sizeof(names) / sizeof(names[0]), audience);
}

const char *training_status(unsigned status)
{
	static const char *const names[] = { "", N_("tentative"), N_("confirmed"), N_("cancelled") };

	return name_of(names, sizeof(names) / sizeof(names[0]), status);
}

long training_seats_left(const struct training *t)
{
	if (t->event->seats == 0)
		return -1;
	return t->row->taken < t->event->seats ? (long)(t->event->seats - t->row->taken) : 0;
}

static json_t *contact_json(const Lagebus__Contact *c)
{
	if (!c)
		return json_null();
	return json_pack("{s:o,s:o,s:o,s:o}", "function", out_json_string(c->function), "name", out_json_string(c->name), "phone", out_json_string(c->phone), "email",
		out_json_string(c->email));
}

static json_t *registration_json(const Lagebus__RegistrationRow *row)
{
	Lagebus__TrainingRegistration *r = lagebus__training_registration__unpack(NULL, row->registration.len,
		row->registration.data ? row->registration.data : (const uint8_t *)"");
	json_t *doc = r ? json_pack("{s:o,s:o,s:b,s:I,s:o,s:o}", "partner", out_json_string(row->origin), "since", out_json_time(row->since), "waiting",
		(int)row->waiting, "seats", (json_int_t)r->seats, "contact", contact_json(r->contact), "note", out_json_string(r->note)) : NULL;

	if (r)
		lagebus__training_registration__free_unpacked(r, NULL);
	return doc;
}

static json_t *seats_json(const struct training *t)
{
	json_t *registrations = json_array(), *left = training_seats_left(t) < 0 ? json_null() : json_integer(training_seats_left(t));

	for (size_t i = 0; i < t->row->n_registrations; i++)
		json_array_append_new(registrations, registration_json(t->row->registrations[i]));
	return json_pack("{s:I,s:I,s:I,s:o,s:I,s:o}", "seats", (json_int_t)t->event->seats, "taken", (json_int_t)t->row->taken, "waiting", (json_int_t)t->row->waiting,
		"left", left, "registered", (json_int_t)t->row->registered, "registrations", registrations);
}

json_t *training_json(const struct training *t)
{
	const Lagebus__TrainingEvent *e = t->event;
	const char *area = lb_area_name(t->header.area);
	char message[LB_UUID_TEXT];
	json_t *doc;

	lb_uuid_format(&t->header.id, message);
	doc = json_pack("{s:o,s:I,s:s,s:o,s:s,s:s,s:s,s:s,s:s,s:b}", "uid", out_json_string(e->uid), "sequence", (json_int_t)e->sequence, "message", message, "origin",
		out_json_text(t->header.origin.p, t->header.origin.n), "tlp", lb_tlp_name(lb_tlp_effective(t->header.tlp)), "area", area ? area : "", "kind",
		training_kind(e->kind), "audience", training_audience(e->audience), "status", training_status(e->status), "exercise", (int)t->header.exercise);
	if (!doc)
		return NULL;
	json_object_set_new(doc, "title", out_json_string(e->title));
	json_object_set_new(doc, "description", out_json_string(e->description));
	json_object_set_new(doc, "begins", out_json_time(e->begins));
	json_object_set_new(doc, "ends", out_json_time(e->ends));
	json_object_set_new(doc, "place", out_json_string(e->place));
	json_object_set_new(doc, "accessibility", out_json_string(e->accessibility));
	json_object_set_new(doc, "url", out_json_string(e->url));
	json_object_set_new(doc, "register_until", out_json_time(e->register_until));
	json_object_set_new(doc, "organiser", contact_json(e->organiser));
	json_object_update_new(doc, seats_json(t));
	return doc;
}
