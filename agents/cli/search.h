/* What people type to search, as an FTS5 query. */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

/* FTS5 takes words of letters and digits; what has other characters (CVE-2026-1234, 192.0.2.7, e-mail) is put in quotes, which FTS5
 * takes as a phrase. Phrases, AND, OR, NOT, brackets and a final * stay as they are. NULL if memory is out; the caller frees it. */
char *search_query(const char *words);

#endif
