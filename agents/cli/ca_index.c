/* The authority's index file: one line for each certificate that was issued. */
#include "agents/cli/ca_index.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "agents/cli/file.h"

#define HEAD "# serial\tissued\tuntil\trevoked\tSPIFFE ID\n"

static void format_time(int64_t seconds, char text[32])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (seconds == 0 || !gmtime_r(&t, &tm))
		snprintf(text, 32, "-");
	else
		strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static bool parse_time(const char *text, int64_t *out)
{
	struct tm tm = { .tm_sec = 0 };
	const char *end;

	if (strcmp(text, "-") == 0) {
		*out = 0;
		return true;
	}
	end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (!end || *end)
		return false;
	*out = (int64_t)timegm(&tm);
	return true;
}

static bool parse_line(char *line, struct ca_index_row *row)
{
	char *field[5], *save = NULL;
	unsigned n = 0;

	for (char *f = strtok_r(line, "\t", &save); f && n < 5; f = strtok_r(NULL, "\t", &save))
		field[n++] = f;
	if (n != 5 || strlen(field[0]) >= sizeof(row->serial) || strspn(field[0], "0123456789abcdef") != strlen(field[0]) ||
	    strlen(field[4]) >= sizeof(row->spiffe_id))
		return false;
	strcpy(row->serial, field[0]);
	strcpy(row->spiffe_id, field[4]);
	return parse_time(field[1], &row->from_s) && parse_time(field[2], &row->until_s) && parse_time(field[3], &row->revoked_s);
}

lb_err ca_index_add(struct ca_index *index, const struct ca_index_row *row, struct why *why)
{
	struct ca_index_row *rows = reallocarray(index->rows, index->n + 1, sizeof(*rows));

	if (!rows)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	rows[index->n++] = *row;
	index->rows = rows;
	return LB_OK;
}

static lb_err parse(char *text, const char *path, struct ca_index *index, struct why *why)
{
	unsigned number = 0;
	char *save = NULL;
	lb_err e = LB_OK;

	for (char *line = strtok_r(text, "\n", &save); line && !e; line = strtok_r(NULL, "\n", &save)) {
		struct ca_index_row row;

		number++;
		if (line[0] == '#')
			continue;
		if (!parse_line(line, &row))
			return why_set(why, LB_INVALID, "%s:%u: is not a line of an index; restore the file from a backup", path, number);
		e = ca_index_add(index, &row, why);
	}
	return e;
}

lb_err ca_index_load(const char *dir, struct ca_index *out, struct why *why)
{
	struct ca_index index = { NULL, 0 };
	char path[CA_PATH_MAX];
	uint8_t *text = NULL;
	size_t n;
	lb_err e;

	snprintf(path, sizeof(path), "%s/index", dir);
	e = file_read(path, CA_INDEX_MAX, &text, &n, why);
	if (e == LB_NOT_FOUND)
		e = LB_OK;
	else if (!e)
		e = parse((char *)text, path, &index, why);
	free(text);
	if (e)
		ca_index_fini(&index);
	else
		*out = index;
	return e;
}

void ca_index_fini(struct ca_index *index)
{
	free(index->rows);
	index->rows = NULL;
	index->n = 0;
}

struct ca_index_row *ca_index_find(const struct ca_index *index, const char *serial)
{
	serial += strspn(serial, "0");
	for (size_t i = 0; i < index->n; i++) {
		struct ca_index_row *row = &index->rows[i];

		if (strcasecmp(row->serial + strspn(row->serial, "0"), serial) == 0)
			return row;
	}
	return NULL;
}

lb_err ca_index_save(const char *dir, const struct ca_index *index, struct why *why)
{
	char path[CA_PATH_MAX], *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	lb_err e;

	if (!f)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	fputs(HEAD, f);
	for (size_t i = 0; i < index->n; i++) {
		const struct ca_index_row *row = &index->rows[i];
		char from[32], until[32], revoked[32];

		format_time(row->from_s, from);
		format_time(row->until_s, until);
		format_time(row->revoked_s, revoked);
		fprintf(f, "%s\t%s\t%s\t%s\t%s\n", row->serial, from, until, revoked, row->spiffe_id);
	}
	if (fclose(f) != 0) {
		free(text);
		return why_set(why, LB_NO_MEMORY, "out of memory");
	}
	snprintf(path, sizeof(path), "%s/index", dir);
	e = file_replace(path, text, n, 0644, why);
	free(text);
	return e;
}
