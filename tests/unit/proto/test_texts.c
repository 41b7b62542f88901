/* Texts of decoded messages: plain, repeated, in messages within, and only of the choice that was made. */
#include "tests/kit/unit.h"

#include "proto/control.pb-c.h"
#include "proto/local.pb-c.h"
#include "proto/texts.h"
#include "proto/warning.pb-c.h"

static char bad[] = "\xff", good[] = "M\xc3\xbcnster";

static void every_text_is_looked_at(void **state)
{
	char *measures[] = { good, good, good };
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;

	(void)state;
	assert_true(texts_are_utf8(&w.base));
	w.title = good;
	w.measures = measures;
	w.n_measures = 3;
	w.advisory = (ProtobufCBinaryData){ 1, (uint8_t *)bad }; /* bytes are no text */
	assert_true(texts_are_utf8(&w.base));
	measures[2] = bad;
	assert_false(texts_are_utf8(&w.base));
	w.n_measures = 2;
	assert_true(texts_are_utf8(&w.base));
	w.url = bad;
	assert_false(texts_are_utf8(&w.base));
}

static void messages_within_are_looked_at(void **state)
{
	Lagebus__PartnerReceipt one = LAGEBUS__PARTNER_RECEIPT__INIT, other = LAGEBUS__PARTNER_RECEIPT__INIT, *both[] = { &one, &other };
	Lagebus__Receipts receipts = LAGEBUS__RECEIPTS__INIT;
	Lagebus__Control c = LAGEBUS__CONTROL__INIT;

	(void)state;
	receipts.partners = both;
	receipts.n_partners = 2;
	c.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS;
	c.receipts = &receipts;
	assert_true(texts_are_utf8(&c.base));
	other.by = bad;
	assert_false(texts_are_utf8(&c.base));
}

static void what_was_not_chosen_is_not_looked_at(void **state)
{
	Lagebus__InboxRequest inbox = LAGEBUS__INBOX_REQUEST__INIT;
	Lagebus__Request r = LAGEBUS__REQUEST__INIT;

	(void)state;
	inbox.search = bad;
	r.inbox = &inbox;
	r.body_case = LAGEBUS__REQUEST__BODY__NOT_SET;
	assert_true(texts_are_utf8(&r.base));
	r.body_case = LAGEBUS__REQUEST__BODY_INBOX;
	assert_false(texts_are_utf8(&r.base));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_is_looked_at),
		cmocka_unit_test(messages_within_are_looked_at),
		cmocka_unit_test(what_was_not_chosen_is_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
