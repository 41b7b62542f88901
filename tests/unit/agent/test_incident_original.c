/* agents/agent/incident_original.c: which report of a body may stand inside one of its Land, and whether that says the same. */
#include "tests/kit/unit.h"

#include <string.h>

#include "agents/agent/incident_original.h"
#include "lagebus/tlp.h"
#include "lagebus/topic.h"
#include "lagebus/uuid.h"

static struct lb_header report(const char *origin)
{
	return (struct lb_header){ .type = LB_TYPE_INCIDENT_REPORT, .tlp = LB_TLP_AMBER_STRICT, .origin = lb_text_of(origin), .id = { { 1 } }, .exercise_name = lb_text_of("") };
}

static struct lb_header above(void)
{
	struct lb_header h = report("de-sn");

	h.id.b[0] = 2;
	h.has_thread = true;
	h.thread = (struct lb_uuid){ { 1 } };
	return h;
}

static void it_is_of_a_body_below_and_of_the_same_incident(void **state)
{
	struct lb_header outer = above(), inner = report("de-sn/leipzig");

	(void)state;
	assert_int_equal(incident_original_fits(&outer, &inner), LB_OK);
	inner = report("de-sn/leipzig/zoo");
	assert_int_equal(incident_original_fits(&outer, &inner), LB_OK);
	inner = report("de-snx/leipzig");
	assert_int_equal(incident_original_fits(&outer, &inner), LB_NOT_ITS_BODY);
	inner = report("de-sn");
	assert_int_equal(incident_original_fits(&outer, &inner), LB_NOT_ITS_BODY);
	inner = report("de-sn/");
	assert_int_equal(incident_original_fits(&outer, &inner), LB_NOT_ITS_BODY);
	inner = report("de-sn/leipzig");
	inner.id.b[0] = 3;
	assert_int_equal(incident_original_fits(&outer, &inner), LB_OTHER_INCIDENT);
	inner.has_thread = true; /* an update, or a correction */
	inner.thread = outer.thread;
	assert_int_equal(incident_original_fits(&outer, &inner), LB_OK);
	inner.type = LB_TYPE_SITUATION_REPORT;
	assert_int_equal(incident_original_fits(&outer, &inner), LB_OTHER_INCIDENT);
}

static void its_label_is_not_widened_and_an_exercise_stays_one(void **state)
{
	struct lb_header outer = above(), inner = report("de-sn/leipzig");

	(void)state;
	for (unsigned of_body = 0; of_body <= LB_TLP_RED; of_body++)
		for (unsigned of_land = 0; of_land <= LB_TLP_RED; of_land++) {
			inner.tlp = of_body;
			outer.tlp = of_land;
			assert_int_equal(incident_original_fits(&outer, &inner),
			                 lb_tlp_effective(of_land) < lb_tlp_effective(of_body) ? LB_TLP_WIDENED : LB_OK);
		}
	outer = above();
	inner = report("de-sn/leipzig");
	inner.exercise = true;
	inner.exercise_name = lb_text_of("LUEKEX");
	assert_int_equal(incident_original_fits(&outer, &inner), LB_EXERCISE_MIXED);
	outer.exercise = true;
	outer.exercise_name = lb_text_of("LUEKEY");
	assert_int_equal(incident_original_fits(&outer, &inner), LB_EXERCISE_MIXED);
	outer.exercise_name = lb_text_of("LUEKEX");
	assert_int_equal(incident_original_fits(&outer, &inner), LB_OK);
}

static void where_it_stands(void **state)
{
	Lagebus__OriginalReport original = LAGEBUS__ORIGINAL_REPORT__INIT, reported = LAGEBUS__ORIGINAL_REPORT__INIT;
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;

	(void)state;
	assert_null(incident_original_of(&r));
	r.reported = &reported;
	assert_null(incident_original_of(&r)); /* of a confirmation only */
	r.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM;
	assert_ptr_equal(incident_original_of(&r), &reported);
	r.original = &original;
	assert_ptr_equal(incident_original_of(&r), &original);
}

static void what_is_passed_on_is_said_in_every_field(void **state)
{
	Lagebus__IncidentReport said = LAGEBUS__INCIDENT_REPORT__INIT, r = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__OriginalReport original = LAGEBUS__ORIGINAL_REPORT__INIT;
	uint8_t packed[200];

	(void)state;
	said.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	said.title = (char *)"servers";
	assert_true(lagebus__incident_report__get_packed_size(&said) <= sizeof packed);
	original.payload = (ProtobufCBinaryData){ lagebus__incident_report__pack(&said, packed), packed };
	r = said;
	r.original = &original;
	assert_true(incident_original_is_said(&r));
	assert_ptr_equal(r.original, &original);
	r.tier = LAGEBUS__INCIDENT_TIER__INCIDENT_TIER_MINOR;
	assert_false(incident_original_is_said(&r));
	r.tier = said.tier;
	r.title = (char *)"serverz";
	assert_false(incident_original_is_said(&r));
	original.payload.len = 1; /* cut off */
	assert_false(incident_original_is_said(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_of_a_body_below_and_of_the_same_incident),
		cmocka_unit_test(its_label_is_not_widened_and_an_exercise_stays_one),
		cmocka_unit_test(where_it_stands),
		cmocka_unit_test(what_is_passed_on_is_said_in_every_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
