/* What is bound to statements and read from their rows. */
#ifndef LAGEBUS_AGENT_BIND_H
#define LAGEBUS_AGENT_BIND_H

#include <sqlite3.h>
#include <string.h>

#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

/* The bytes must stay until the statement has run. Nothing is an empty blob, not NULL. */
static inline void bind_frame(sqlite3_stmt *q, int at, struct lb_frame f)
{
	sqlite3_bind_blob64(q, at, f.n ? f.p : (const void *)"", f.n, SQLITE_STATIC);
}

static inline void bind_id(sqlite3_stmt *q, int at, const struct lb_uuid *id)
{
	sqlite3_bind_blob64(q, at, id->b, sizeof id->b, SQLITE_STATIC);
}

static inline void bind_text(sqlite3_stmt *q, int at, const char *text)
{
	sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);
}

static inline void bind_slice(sqlite3_stmt *q, int at, struct lb_text t)
{
	sqlite3_bind_text64(q, at, t.n ? t.p : "", t.n, SQLITE_STATIC, SQLITE_UTF8);
}

/* Both stay valid until the statement's next step. */
static inline struct lb_frame column_frame(sqlite3_stmt *q, int at)
{
	return (struct lb_frame){ sqlite3_column_blob(q, at), (size_t)sqlite3_column_bytes(q, at) };
}

static inline const char *column_text(sqlite3_stmt *q, int at)
{
	const unsigned char *t = sqlite3_column_text(q, at);

	return t ? (const char *)t : "";
}

#endif
