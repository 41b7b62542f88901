/* What was encrypted to us, opened when somebody asks to read it. */
#include "agents/agent/opening.h"

#include "lagebus/sealed.h"

lb_err opening_of(struct lb_opener *o, const struct inbox_row *row, struct lb_buf *out)
{
	struct lb_sealed sealed;
	struct lb_header h;
	lb_err e = lb_header_decode(row->header.p, row->header.n, &h);

	if (e != LB_OK || row->quarantine[0] || !lb_sealed_is_due(&h) || lb_sealed_read(row->payload, &sealed) != LB_OK)
		return LB_NOT_FOUND;
	return lb_envelope_open(o, sealed.envelope, out);
}
