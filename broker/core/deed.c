/* What the log writer does with a block besides appending it. */
#include "broker/core/deed.h"

#include <stdlib.h>

struct deed *deed_new(enum deed_kind kind, const struct lb_uuid *about)
{
	struct deed *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	d->kind = kind;
	d->about = *about;
	return d;
}

void deed_free(struct deed *d)
{
	if (!d)
		return;
	lb_buf_fini(&d->row);
	free(d);
}
