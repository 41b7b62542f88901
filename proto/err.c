/* The table of errors as text. */
#include "lagebus/err.h"

#include <string.h>

static const struct {
	const char *token, *text;
} table[LB_ERR_COUNT] = {
#define X(name, token, text) [LB_##name] = { token, text },
	LB_ERR_TABLE(X)
#undef X
};

const char *lb_err_token(lb_err e)
{
	return (unsigned)e < LB_ERR_COUNT ? table[e].token : "unknown";
}

const char *lb_err_text(lb_err e)
{
	return (unsigned)e < LB_ERR_COUNT ? table[e].text : "an unknown error";
}

lb_err lb_err_from_token(const char *token)
{
	unsigned e = 0;

	while (e < LB_ERR_COUNT && strcmp(table[e].token, token) != 0)
		e++;
	return (lb_err)e;
}
