/* A line on standard error that shows that something is still going on; only on a terminal, only past a second. */
#include "agents/cli/progress.h"

#define QUIET_MS 1000
#define CELLS 24

void progress_begin(struct progress *p, struct cli *cli, const char *label, int64_t now_ms)
{
	*p = (struct progress){ cli, label, now_ms, false };
}

void progress_draw(struct progress *p, int64_t now_ms, uint64_t done, uint64_t total)
{
	int64_t passed = now_ms - p->started_ms;
	unsigned full = total ? (unsigned)((done < total ? done : total) * CELLS / total) : 0;

	if (!p->cli->progress || passed < QUIET_MS)
		return;
	p->shown = true;
	fprintf(p->cli->err, "\r%s ", p->label);
	for (unsigned i = 0; total && i < CELLS; i++)
		fputs(i < full ? "█" : "░", p->cli->err);
	fprintf(p->cli->err, " %d s\033[K", (int)(passed / 1000));
	fflush(p->cli->err);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", p->cli->err);
	p->shown = false;
}
