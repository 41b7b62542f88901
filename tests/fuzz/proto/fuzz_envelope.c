/* Feeds bytes to whoever looks at an envelope: its form, and opening it; and to the reader of a sealed payload. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lagebus/envelope.h"
#include "lagebus/sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Of nobody: made for this file. */
static const char certificate[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBhDCCASugAwIBAgIUIb5ge+86vz7lZ4T8jqvm84DyN8swCgYIKoZIzj0EAwIw\n"
	"DzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjQxMzIwNDRaGA8yMTI2MTAzMTEzMjA0\n"
	"NFowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABE1A\n"
	"CUNCW3Iy3t3xCtw1+Bmz7hp+BQlOnJAo5o16TaX5PGVEhgXJ9bZ7IHZFz21zj/qz\n"
	"+0tkjxVSJn6dps8bWGqjYzBhMB0GA1UdDgQWBBSk+wrM4dVmBR50Q++nHCSkYfIB\n"
	"ojAfBgNVHSMEGDAWgBSk+wrM4dVmBR50Q++nHCSkYfIBojAPBgNVHRMBAf8EBTAD\n"
	"AQH/MA4GA1UdDwEB/wQEAwIDCDAKBggqhkjOPQQDAgNHADBEAiApxSug71yF/YFu\n"
	"ubMa/gnzrcNHJfy3lrFMZeROjy5AKgIgHh831Zq3VeSCnKn3bPvnSlGu3MEipzmI\n"
	"ct9YREfvIvc=\n"
	"-----END CERTIFICATE-----\n";
static const char key[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXV7DbWotD8/2i+JE\n"
	"8wBCX4smgUZU8j9q6qPq1XDLKjqhRANCAARNQAlDQltyMt7d8QrcNfgZs+4afgUJ\n"
	"TpyQKOaNek2l+TxlRIYFyfW2eyB2Rc9tc4/6s/tLZI8VUiZ+nabPG1hq\n"
	"-----END PRIVATE KEY-----\n";

static void put_file(const char *text, size_t n, char path[64])
{
	int fd = memfd_create("pem", 0);

	assert(fd >= 0 && write(fd, text, n) == (ssize_t)n);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
}

static struct lb_opener *load(void)
{
	struct lb_opener *o = NULL;
	char paths[2][64], why[300];
	lb_err e;

	put_file(certificate, sizeof certificate - 1, paths[0]);
	put_file(key, sizeof key - 1, paths[1]);
	e = lb_opener_load(paths[0], paths[1], &o, why, sizeof why);
	assert(e == LB_OK);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct lb_opener *opener;
	struct lb_frame frame = { data, n };
	struct lb_buf out = LB_BUF_INIT, again = LB_BUF_INIT;
	struct lb_sealed s;
	lb_err e;

	if (!opener)
		opener = load();
	e = lb_envelope_open(opener, frame, &out);
	assert(e == LB_OK || e == LB_BAD_ENVELOPE || e == LB_NOT_A_RECIPIENT || e == LB_NO_MEMORY);
	assert((e != LB_OK && e != LB_NOT_A_RECIPIENT) || lb_envelope_is_plausible(frame));
	assert(e == LB_OK || lb_buf_len(&out) == 0);
	lb_buf_wipe(&out);
	if (lb_sealed_read(frame, &s) == LB_OK) {
		/* What is read is all that is there. */
		assert(lb_envelope_is_plausible(s.envelope) && lb_sealed_write(s.pseudonym.n ? s.pseudonym.p : NULL, s.envelope, &again) == LB_OK);
		assert(lb_buf_len(&again) <= n);
		lb_buf_fini(&again);
	}
	return 0;
}
