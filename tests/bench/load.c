/* What is published. */
#include "tests/bench/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lagebus/level_clock.h"
#include "lagebus/signature.h"

static void must(lb_err e)
{
	if (e != LB_OK) {
		fprintf(stderr, "bench: %s\n", lb_err_text(e));
		exit(1);
	}
}

static struct lb_signer *load_signer(const char *folder, const char *name)
{
	char certificate[300], key[300], why[512];
	struct lb_signer *s;

	snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, name);
	snprintf(key, sizeof key, "%s/%s.key", folder, name);
	must(lb_signer_load(certificate, key, &s, why, sizeof why));
	return s;
}

static void describe(struct lb_header *h, enum lb_lane lane)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	memset(h, 0, sizeof *h);
	h->type = lane == LB_LANE_URGENT ? LB_TYPE_WARNING : LB_TYPE_INDICATOR;
	h->level = lane == LB_LANE_URGENT ? 3 : 0;
	h->lane = lane;
	h->area = LB_AREA_THREAT_INTELLIGENCE;
	h->tlp = LB_TLP_AMBER;
	h->origin = lb_text_of("bund-bsi");
	h->audience_n = 1;
	h->audience[0] = lb_text_of("all");
	h->created_ms = (int64_t)t.tv_sec * 1000;
	h->schema_version = 1;
	if (lane == LB_LANE_URGENT) {
		h->ack_policy = LB_ACK_ACKNOWLEDGED;
		h->ack_deadline_ms = lb_level_deadline_ms(h->level, h->created_ms);
	}
}

void load_make(struct load *l, const char *folder, const char *name, uint64_t n, size_t size, enum lb_lane lane, int sign, uint64_t base)
{
	struct lb_signer *signer = load_signer(folder, name);
	struct lb_buf header = LB_BUF_INIT, signature = LB_BUF_INIT;
	uint8_t *payload = calloc(1, size);
	struct lb_header h;

	memset(l, 0, sizeof *l);
	l->n = n;
	l->base = base;
	l->at = malloc((n + 1) * sizeof *l->at);
	l->sent_s = calloc(n, sizeof *l->sent_s);
	describe(&h, lane);
	for (uint64_t i = 0; i < n; i++) {
		struct lb_frame frames[3];
		uint64_t number = base + i;

		memcpy(payload, &number, sizeof number);
		h.id = lb_uuid7_now();
		lb_buf_consume(&header, lb_buf_len(&header));
		must(lb_header_encode(&h, &header));
		frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
		frames[1] = (struct lb_frame){ payload, size };
		if (i == 0 || sign) {
			lb_buf_consume(&signature, lb_buf_len(&signature));
			must(lb_sign(signer, frames[0], frames[1], &signature));
		}
		frames[2] = (struct lb_frame){ lb_buf_data(&signature), lb_buf_len(&signature) };
		l->at[i] = lb_buf_len(&l->bytes);
		must(lb_zmtp_put_message(&l->bytes, frames, 3));
	}
	l->at[n] = lb_buf_len(&l->bytes);
	lb_buf_fini(&header);
	lb_buf_fini(&signature);
	free(payload);
	lb_signer_free(signer);
}

void load_free(struct load *l)
{
	lb_buf_fini(&l->bytes);
	free(l->at);
	free(l->sent_s);
}

uint64_t load_number(struct lb_frame payload)
{
	uint64_t n = 0;

	memcpy(&n, payload.p, payload.n < sizeof n ? payload.n : sizeof n);
	return n;
}

void sample_add(struct sample *s, double seconds)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 4096;
		s->s = realloc(s->s, s->cap * sizeof *s->s);
		if (!s->s)
			exit(1);
	}
	s->s[s->n++] = seconds;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double sample_us(struct sample *s, double percent)
{
	if (s->n == 0)
		return 0;
	qsort(s->s, s->n, sizeof *s->s, compare);
	return s->s[(size_t)((double)(s->n - 1) * percent / 100)] * 1e6;
}

void sample_free(struct sample *s)
{
	free(s->s);
	memset(s, 0, sizeof *s);
}
