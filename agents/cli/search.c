/* What people type to search, as an FTS5 query. */
#include "agents/cli/search.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_plain(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || strchr("_*()^+", c);
}

/* The length of the next word: to the next blank, a phrase in quotes to its end. */
static size_t word_length(const char *p)
{
	size_t n = 0;
	bool quoted = false;

	for (; p[n] && (quoted || !isspace((unsigned char)p[n])); n++)
		if (p[n] == '"')
			quoted = !quoted;
	return n;
}

static bool needs_quotes(const char *word, size_t n)
{
	if (memchr(word, '"', n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_plain(word[i]))
			return true;
	return false;
}

static void put_word(FILE *f, const char *word, size_t n)
{
	bool begins = n > 1 && word[n - 1] == '*';

	if (needs_quotes(word, n))
		fprintf(f, "\"%.*s\"%s", (int)(n - begins), word, begins ? "*" : "");
	else
		fprintf(f, "%.*s", (int)n, word);
}

char *search_query(const char *words)
{
	char *query = NULL;
	size_t size;
	FILE *f = open_memstream(&query, &size);
	const char *between = "";

	if (!f)
		return NULL;
	for (;;) {
		size_t n;

		words += strspn(words, " \t\n");
		n = word_length(words);
		if (n == 0)
			break;
		fputs(between, f);
		put_word(f, words, n);
		between = " ";
		words += n;
	}
	if (fclose(f) == 0)
		return query;
	free(query);
	return NULL;
}
