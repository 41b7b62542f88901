/* broker/audit_event.c: what happened is packed as the audit's schema says, whole. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "broker/audit_event.h"
#include "proto/audit.pb-c.h"

/* Takes it. */
static Lagebus__AuditEvent *open_event(struct audit_event *e, Lagebus__AuditEvent__BodyCase body)
{
	Lagebus__AuditEvent *event;

	assert_non_null(e);
	event = lagebus__audit_event__unpack(NULL, e->n, e->bytes);
	free(e);
	assert_non_null(event);
	assert_int_equal(event->body_case, body);
	return event;
}

static void a_refusal_has_its_rule(void **state)
{
	struct lb_uuid id = { { 1, 2, 3 } };
	Lagebus__AuditEvent *e = open_event(audit_refused("agent", &id, LB_TYPE_WARNING, LB_TLP_WIDENED), LAGEBUS__AUDIT_EVENT__BODY_REFUSED);

	(void)state;
	assert_string_equal(e->refused->agent, "agent");
	assert_int_equal(e->refused->id.len, sizeof id.b);
	assert_memory_equal(e->refused->id.data, id.b, sizeof id.b);
	assert_int_equal(e->refused->type, LB_TYPE_WARNING);
	assert_string_equal(e->refused->rule, "tlp-widened");
	assert_int_equal(e->refused->more, 0);
	lagebus__audit_event__free_unpacked(e, NULL);
	e = open_event(audit_refused_more(7), LAGEBUS__AUDIT_EVENT__BODY_REFUSED);
	assert_int_equal(e->refused->more, 7);
	lagebus__audit_event__free_unpacked(e, NULL);
}

static void what_an_agent_stored_is_for_whom_it_acts(void **state)
{
	const uint64_t stored[LB_LANES] = { [LB_LANE_URGENT] = 5, [LB_LANE_ROUTINE] = UINT64_MAX };
	char *acts_for[] = { (char *)"de-he", (char *)"de-sl" };
	Lagebus__AuditEvent *e = open_event(audit_stored("agent", stored, acts_for, 2), LAGEBUS__AUDIT_EVENT__BODY_STORED);

	(void)state;
	assert_string_equal(e->stored->agent, "agent");
	assert_true(e->stored->urgent == 5 && e->stored->routine == UINT64_MAX);
	assert_int_equal(e->stored->n_acts_for, 2);
	assert_string_equal(e->stored->acts_for[1], "de-sl");
	lagebus__audit_event__free_unpacked(e, NULL);
}

static void a_receipt_has_who_and_what(void **state)
{
	struct lb_uuid id = { { 9 } };
	Lagebus__AuditEvent *e = open_event(audit_receipt(&id, "de-sn", LB_ACK_ACKNOWLEDGED, "CISO"), LAGEBUS__AUDIT_EVENT__BODY_RECEIPT);

	(void)state;
	assert_memory_equal(e->receipt->id.data, id.b, sizeof id.b);
	assert_string_equal(e->receipt->partner, "de-sn");
	assert_int_equal(e->receipt->state, LB_ACK_ACKNOWLEDGED);
	assert_string_equal(e->receipt->by, "CISO");
	lagebus__audit_event__free_unpacked(e, NULL);
}

static void the_broker_s_certificate_is_there_if_it_changes(void **state)
{
	const uint8_t der[] = { 0x30, 0x00, 0xff };
	Lagebus__AuditEvent *e = open_event(audit_broker("start", "0.1.0", der, sizeof der), LAGEBUS__AUDIT_EVENT__BODY_BROKER);

	(void)state;
	assert_string_equal(e->broker->what, "start");
	assert_string_equal(e->broker->detail, "0.1.0");
	assert_int_equal(e->broker->certificate.len, sizeof der);
	assert_memory_equal(e->broker->certificate.data, der, sizeof der);
	lagebus__audit_event__free_unpacked(e, NULL);
	e = open_event(audit_broker("reload", "", NULL, 99), LAGEBUS__AUDIT_EVENT__BODY_BROKER);
	assert_int_equal(e->broker->certificate.len, 0);
	lagebus__audit_event__free_unpacked(e, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_has_its_rule),
		cmocka_unit_test(what_an_agent_stored_is_for_whom_it_acts),
		cmocka_unit_test(a_receipt_has_who_and_what),
		cmocka_unit_test(the_broker_s_certificate_is_there_if_it_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
