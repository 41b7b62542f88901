/* Channels: order per sender from several threads, waiting, the descriptor, and names. */
#include "tests/kit/unit.h"

#include <poll.h>
#include <pthread.h>

#include "broker/edge/channel.h"

#define SENDERS 3
#define ITEMS 20000

static struct channel_hub *hub;

static void *send_many(void *p)
{
	unsigned sender = (unsigned)(uintptr_t)p;
	struct channel_end *e;

	if (channel_end_open(hub, "many", &e) != LB_OK)
		return NULL;
	for (uintptr_t i = 1; i <= ITEMS; i++)
		if (channel_send(e, (struct channel_item){ sender, (void *)i }) != LB_OK)
			return NULL;
	channel_end_close(e);
	return p;
}

static void nothing_is_lost_and_each_sender_s_order_kept(void **state)
{
	pthread_t thread[SENDERS];
	uintptr_t last[SENDERS + 1] = { 0 };
	struct channel *c;
	struct channel_item item;

	(void)state;
	assert_int_equal(channel_open(hub, "many", &c), LB_OK);
	for (uintptr_t i = 0; i < SENDERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, send_many, (void *)(i + 1)), 0);
	for (unsigned n = 0; n < SENDERS * ITEMS;) {
		assert_true(channel_wait(&c, 1, 20000));
		for (; channel_receive(c, &item); n++) {
			assert_in_range(item.kind, 1, SENDERS);
			assert_int_equal((uintptr_t)item.p, last[item.kind] + 1);
			last[item.kind]++;
		}
	}
	for (uintptr_t i = 0; i < SENDERS; i++) {
		void *ended;

		assert_int_equal(pthread_join(thread[i], &ended), 0);
		assert_ptr_equal(ended, (void *)(i + 1));
	}
	assert_false(channel_receive(c, &item));
	channel_close(c);
}

static void waiting_ends_in_time_or_with_any_channel(void **state)
{
	struct channel *c[2];
	struct channel_end *e;
	struct channel_item item;

	(void)state;
	assert_int_equal(channel_open(hub, "one", &c[0]), LB_OK);
	assert_int_equal(channel_open(hub, "two", &c[1]), LB_OK);
	assert_int_equal(channel_end_open(hub, "two", &e), LB_OK);
	assert_false(channel_wait(c, 2, 0));
	assert_int_equal(channel_send(e, (struct channel_item){ 5, c }), LB_OK);
	assert_true(channel_wait(c, 2, 20000));
	assert_false(channel_receive(c[0], &item));
	assert_true(channel_receive(c[1], &item));
	assert_int_equal(item.kind, 5);
	assert_ptr_equal(item.p, c);
	assert_false(channel_wait(c, 2, 0));
	channel_end_close(e);
	channel_close(c[0]);
	channel_close(c[1]);
}

static void the_descriptor_fires(void **state)
{
	struct channel *c;
	struct channel_end *e;
	struct channel_item item;
	struct pollfd fd = { .events = POLLIN };

	(void)state;
	assert_int_equal(channel_open(hub, "fired", &c), LB_OK);
	assert_int_equal(channel_end_open(hub, "fired", &e), LB_OK);
	while (channel_receive(c, &item))
		;
	fd.fd = channel_fd(c);
	assert_true(fd.fd >= 0);
	assert_int_equal(channel_send(e, (struct channel_item){ 1, NULL }), LB_OK);
	assert_int_equal(poll(&fd, 1, 20000), 1);
	assert_true(channel_receive(c, &item));
	channel_end_close(e);
	channel_close(c);
}

static void a_name_is_taken_once(void **state)
{
	struct channel *c, *second = NULL;

	(void)state;
	assert_int_equal(channel_open(hub, "name", &c), LB_OK);
	assert_int_equal(channel_open(hub, "name", &second), LB_INVALID);
	assert_null(second);
	channel_close(c);
}

static int begin(void **state)
{
	(void)state;
	hub = channel_hub_new();
	return hub ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	channel_hub_free(hub);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_and_each_sender_s_order_kept),
		cmocka_unit_test(waiting_ends_in_time_or_with_any_channel),
		cmocka_unit_test(the_descriptor_fires),
		cmocka_unit_test(a_name_is_taken_once),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
