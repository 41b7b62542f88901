/* The agent's database. */
#include "agents/agent/store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lagebus/header.h"

/* 2 MiB of pages are enough for an inbox that only grows at its end. */
static const char settings[] = "PRAGMA journal_mode=WAL;"
			       "PRAGMA synchronous=FULL;"
			       "PRAGMA secure_delete=ON;" /* what was deleted is gone, not only out of sight */
			       "PRAGMA cache_size=-2000;"
			       "PRAGMA journal_size_limit=16777216;"
			       "PRAGMA trusted_schema=OFF;";

/* What each version of the schema makes of the one before. */
static const char *const steps[] = {
	/* 1 */
	"CREATE TABLE outbox(row INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB UNIQUE, lane INTEGER, header BLOB, payload BLOB, signature BLOB);"
	"CREATE INDEX outbox_lane ON outbox(lane, row);"
	"CREATE TABLE refused(id BLOB PRIMARY KEY, header BLOB, payload BLOB, reason TEXT, text TEXT, at INTEGER);"
	"CREATE TABLE inbox(row INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB UNIQUE, lane INTEGER, position INTEGER,"
	" received INTEGER, type INTEGER, area INTEGER, acknowledged INTEGER DEFAULT 0, wants INTEGER, title TEXT, tracking TEXT, signer TEXT,"
	" header BLOB, signature BLOB, payload BLOB);"
	"CREATE VIRTUAL TABLE inbox_text USING fts5(title, tracking, body, content='', tokenize='unicode61 remove_diacritics 2');"
	"CREATE TABLE quarantine(row INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB UNIQUE, lane INTEGER, position INTEGER,"
	" received INTEGER, reason TEXT, header BLOB, signature BLOB, payload BLOB);"
	"CREATE TABLE held(row INTEGER PRIMARY KEY AUTOINCREMENT, lane INTEGER, position INTEGER, received INTEGER,"
	" signer BLOB, header BLOB, signature BLOB, payload BLOB);",
	/* 2: an id says nothing in quarantine, a place in a log does. Of what was there before the log is not known: it is NULL, which equals
	 * nothing. */
	"CREATE TABLE placed(row INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB, log BLOB, lane INTEGER, position INTEGER,"
	" received INTEGER, reason TEXT, header BLOB, signature BLOB, payload BLOB, UNIQUE(log, lane, position));"
	"INSERT INTO placed SELECT row,id,NULL,lane,position,received,reason,header,signature,payload FROM quarantine;"
	"DROP TABLE quarantine;"
	"ALTER TABLE placed RENAME TO quarantine;"
	"CREATE INDEX quarantine_id ON quarantine(id);"
	"ALTER TABLE held DROP COLUMN signer;"
	"ALTER TABLE held ADD COLUMN log BLOB;"
	"UPDATE held SET log=coalesce((SELECT value FROM meta WHERE key='log'),zeroblob(16));",
	/* 3: what messages say, taken apart: indicators, sightings, training. An origin has one entry for a value; what its newest message says. */
	"CREATE TABLE indicator_message(row INTEGER PRIMARY KEY, id BLOB UNIQUE, origin TEXT, created INTEGER, area INTEGER, tlp INTEGER,"
	" exercise_name TEXT, source TEXT, until INTEGER);"
	"CREATE INDEX indicator_message_until ON indicator_message(until);"
	"CREATE TABLE indicator(row INTEGER PRIMARY KEY, message INTEGER, id BLOB, value TEXT, kind INTEGER, exercise INTEGER, origin TEXT,"
	" key BLOB, confidence INTEGER, valid_from INTEGER, valid_until INTEGER, to_ids INTEGER, more BLOB, created INTEGER, first INTEGER, last INTEGER,"
	" UNIQUE(value, kind, exercise, origin));"
	"CREATE INDEX indicator_id ON indicator(id);"
	"CREATE INDEX indicator_key ON indicator(key) WHERE key IS NOT NULL;"
	"CREATE INDEX indicator_of ON indicator(message);"
	"CREATE INDEX indicator_until ON indicator(valid_until);"
	"CREATE TABLE sighting(message BLOB, n INTEGER, indicator BLOB, origin TEXT, count INTEGER, first INTEGER, last INTEGER, source TEXT,"
	" exercise INTEGER, until INTEGER, PRIMARY KEY(message, n)) WITHOUT ROWID;"
	"CREATE INDEX sighting_of ON sighting(indicator);"
	"CREATE INDEX sighting_until ON sighting(until);"
	"CREATE TABLE training(uid TEXT PRIMARY KEY, origin TEXT, message BLOB, sequence INTEGER, created INTEGER, begins INTEGER, ends INTEGER, header BLOB,"
	" event BLOB);"
	"CREATE INDEX training_begins ON training(begins);"
	"CREATE TABLE registration(uid TEXT, origin TEXT, message BLOB, created INTEGER, since INTEGER, seats INTEGER, until INTEGER, registration BLOB,"
	" PRIMARY KEY(uid, origin)) WITHOUT ROWID;",
	/* 4: the digital-violence cases that have a content, which must go in time. */
	"CREATE INDEX inbox_cases ON inbox(row) WHERE type=9 AND payload<>x'';",
	/* 5: what has to be acknowledged by a time, and who else is overdue (reminders.c). `link`: the number of the link that the broker said it on. */
	"CREATE TABLE reminders(id BLOB, partner TEXT, policy INTEGER, deadline INTEGER, exercise INTEGER, said INTEGER DEFAULT 0, link INTEGER,"
	" PRIMARY KEY(id, partner)) WITHOUT ROWID;"
	"CREATE INDEX reminders_deadline ON reminders(deadline);"
	"CREATE TABLE overdue(id BLOB PRIMARY KEY, header BLOB, partners TEXT, n INTEGER, link INTEGER) WITHOUT ROWID;",
	/* 6: an incident is derived from its parts, which are in the inbox or, what we sent ourselves, have their bytes here. */
	"CREATE TABLE incident(id BLOB PRIMARY KEY, dirty INTEGER, closed INTEGER DEFAULT 0, exercise INTEGER DEFAULT 0, changed INTEGER DEFAULT 0,"
	" said INTEGER DEFAULT 0, say_at INTEGER, soon_at INTEGER, due_at INTEGER);"
	"CREATE INDEX incident_dirty ON incident(dirty) WHERE dirty;"
	"CREATE INDEX incident_say ON incident(say_at);"
	"CREATE INDEX incident_changed ON incident(changed);"
	"CREATE TABLE incident_part(id BLOB PRIMARY KEY, incident BLOB, created INTEGER, original BLOB, header BLOB, payload BLOB);"
	"CREATE INDEX incident_parts ON incident_part(incident, created, id);"
	"CREATE INDEX incident_originals ON incident_part(original, created) WHERE original IS NOT NULL;",
	/* 7: who approved what, for the messages that come behind; what was recalled or replaced. */
	"CREATE TABLE approved(about BLOB, digest BLOB, signer TEXT, key BLOB, UNIQUE(about, digest, signer));"
	"CREATE TABLE recalled(id BLOB, origin TEXT, reason TEXT, at INTEGER, PRIMARY KEY(id, origin)) WITHOUT ROWID;"
	"CREATE TABLE superseded(id BLOB, origin TEXT, by BLOB, PRIMARY KEY(id, origin)) WITHOUT ROWID;"
	"ALTER TABLE inbox ADD COLUMN gone TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE inbox ADD COLUMN gone_reason TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE inbox ADD COLUMN gone_at INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE inbox ADD COLUMN superseded BLOB;",
	/* 8: exercises, and which messages belong to one: NULL is real. */
	"CREATE TABLE exercise(name TEXT, origin TEXT, begun INTEGER, begins INTEGER, ends INTEGER, ended INTEGER, title TEXT, text TEXT, header BLOB,"
	" PRIMARY KEY(name, origin)) WITHOUT ROWID;"
	"ALTER TABLE inbox ADD COLUMN exercise TEXT;"
	"UPDATE inbox SET exercise=exercise_of(header) WHERE exercise_of(header) IS NOT NULL;"
	"CREATE INDEX inbox_exercise ON inbox(exercise) WHERE exercise IS NOT NULL;",
	/* 9: as whom somebody approved. Until then it was not kept; but for a mandate it is the partner of the certificate. */
	"CREATE TABLE approval(about BLOB, digest BLOB, signer TEXT, origin TEXT, key BLOB, UNIQUE(about, digest, signer, origin));"
	"INSERT INTO approval SELECT about,digest,signer,substr(signer,instr(signer,'/partner/')+9,instr(signer,'/agent/')-instr(signer,'/partner/')-9),key"
	" FROM approved;"
	"DROP TABLE approved;"
	"ALTER TABLE approval RENAME TO approved;",
	/* 10: what does not wait for a second person any more, as the broker says it (wait_ends.c). */
	"CREATE TABLE wait_end(id BLOB PRIMARY KEY, at INTEGER, said BLOB) WITHOUT ROWID;",
	/* 11: how many rows an origin has in the tables that have a bound (bounds.c). Two statements, since OR IGNORE outside counts inside, too. */
	"CREATE TABLE tally(what INTEGER, origin TEXT, n INTEGER, PRIMARY KEY(what, origin)) WITHOUT ROWID;"
	"INSERT INTO tally SELECT 1,origin,count(*) FROM indicator GROUP BY origin;"
	"INSERT INTO tally SELECT 2,origin,count(*) FROM sighting GROUP BY origin;"
	"CREATE TRIGGER indicator_more AFTER INSERT ON indicator BEGIN INSERT OR IGNORE INTO tally VALUES(1,new.origin,0);"
	" UPDATE tally SET n=n+1 WHERE what=1 AND origin=new.origin; END;"
	"CREATE TRIGGER indicator_less AFTER DELETE ON indicator BEGIN UPDATE tally SET n=n-1 WHERE what=1 AND origin=old.origin; END;"
	"CREATE TRIGGER sighting_more AFTER INSERT ON sighting BEGIN INSERT OR IGNORE INTO tally VALUES(2,new.origin,0);"
	" UPDATE tally SET n=n+1 WHERE what=2 AND origin=new.origin; END;"
	"CREATE TRIGGER sighting_less AFTER DELETE ON sighting BEGIN UPDATE tally SET n=n-1 WHERE what=2 AND origin=old.origin; END;",
	/* 12: until when a message is kept. */
	"ALTER TABLE inbox ADD COLUMN until INTEGER;"
	"UPDATE inbox SET until=keep_until(header);"
	"DROP INDEX inbox_cases;"
	"CREATE INDEX inbox_until ON inbox(until) WHERE payload<>x'';",
	/* 13: a title in both languages. What is there keeps the one it was stored in, which the index has, too. */
	"ALTER TABLE inbox ADD COLUMN title_german TEXT NOT NULL DEFAULT '';",
	/* 14: when a sighting was created, for another retention. Of what is there already it is known to the day that its retention, half a year, began. */
	"ALTER TABLE sighting ADD COLUMN created INTEGER NOT NULL DEFAULT 0;"
	"UPDATE sighting SET created=until-15768000000;",
	/* 15: what has an end: what did not verify, and incidents that nobody closes, which is said before. */
	"CREATE INDEX quarantine_received ON quarantine(received);"
	"ALTER TABLE incident ADD COLUMN idle_said INTEGER NOT NULL DEFAULT 0;",
};

#define SCHEMA_VERSION ((int)(sizeof steps / sizeof steps[0]))

/* Closed ones, those that were said to be idle, and what is no incident: messages of which none counts. */
#define ENDED_INCIDENTS \
	"SELECT id FROM incident i WHERE changed<=?1 AND NOT dirty AND (closed OR idle_said BETWEEN 1 AND ?3" \
	" OR (changed=0 AND NOT EXISTS(SELECT 1 FROM incident_part p WHERE p.incident=i.id AND p.created>?1))) ORDER BY changed,id LIMIT ?2"

static const char *const sql[STORE_STATEMENTS] = {
	[STORE_BEGIN] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_META_GET] = "SELECT value FROM meta WHERE key=?1",
	[STORE_META_SET] = "INSERT INTO meta VALUES(?1,?2) ON CONFLICT(key) DO UPDATE SET value=?2",
	[STORE_OUTBOX_ADD] = "INSERT INTO outbox(id,lane,header,payload,signature) VALUES(?1,?2,?3,?4,?5)",
	[STORE_OUTBOX_NEXT] = "SELECT row,id,header,payload,signature FROM outbox WHERE lane=?1 AND row>?2 ORDER BY row LIMIT 1",
	[STORE_OUTBOX_REMOVE] = "DELETE FROM outbox WHERE id=?1",
	[STORE_OUTBOX_COUNT] = "SELECT count(*) FROM outbox WHERE lane=?1",
	[STORE_REFUSED_ADD] = "INSERT OR IGNORE INTO refused SELECT id,header,payload,?2,?3,?4 FROM outbox WHERE id=?1",
	[STORE_INBOX_ADD] = "INSERT OR IGNORE INTO inbox(id,lane,position,received,type,area,wants,title,tracking,signer,header,signature,payload,exercise,until,title_german)"
			    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
	[STORE_INBOX_TEXT] = "INSERT INTO inbox_text(rowid,title,tracking,body) VALUES(?1,?2,?3,?4)",
	[STORE_INBOX_GET] = "SELECT row,received,lane,position,title,tracking,acknowledged,'',signer,header,payload,gone,gone_reason,gone_at,superseded,signature,title_german FROM inbox WHERE id=?1"
			    " UNION ALL SELECT row,received,lane,position,'','',0,reason,'',header,payload,'','',0,NULL,signature,'' FROM quarantine WHERE id=?1 LIMIT 1",
	[STORE_INBOX_LAST] = "SELECT row,received,lane,position,title,tracking,acknowledged,'',signer,header,payload,gone,gone_reason,gone_at,superseded,signature,title_german FROM inbox WHERE row>?1 ORDER BY row LIMIT 1",
	[STORE_INBOX_ACKNOWLEDGE] = "UPDATE inbox SET acknowledged=max(acknowledged,?2) WHERE id=?1",
	[STORE_INBOX_ERASE] = "UPDATE inbox SET payload=x'',signature=x'' WHERE id=?1",
	/* What belongs to an incident is kept with it. */
	[STORE_INBOX_OVER] = "SELECT id FROM inbox WHERE until<=?1 AND payload<>x'' AND NOT EXISTS(SELECT 1 FROM incident_part p WHERE p.id=inbox.id)"
			     " ORDER BY until LIMIT 1",
	[STORE_INBOX_KEEP] = "UPDATE inbox SET until=keep_until(header) WHERE row>=?1 AND row<?2 AND payload<>x'' AND until IS NOT keep_until(header)",
	[STORE_INBOX_COUNT] = "SELECT count(*) FROM inbox",
	[STORE_INBOX_NEWEST] = "SELECT coalesce(max(row),0) FROM inbox",
	[STORE_QUARANTINE_ADD] = "INSERT OR IGNORE INTO quarantine(log,lane,position,received,header,signature,payload,id,reason)"
				 " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
	[STORE_QUARANTINE_COUNT] = "SELECT count(*) FROM quarantine",
	[STORE_QUARANTINE_FIRST] = "SELECT min(received) FROM quarantine",
	[STORE_QUARANTINE_EXPIRE] = "DELETE FROM quarantine WHERE row IN (SELECT row FROM quarantine WHERE received<=?1 ORDER BY received LIMIT ?2)",
	[STORE_HELD_ADD] = "INSERT INTO held(log,lane,position,received,header,signature,payload) VALUES(?1,?2,?3,?4,?5,?6,?7)",
	[STORE_HELD_FIRST] = "SELECT row,log,lane,position,received,header,signature,payload FROM held ORDER BY row LIMIT 1",
	[STORE_APPROVED_ADD] = "INSERT OR IGNORE INTO approved(about,digest,signer,key,origin) VALUES(?1,?2,?3,?4,?5)",
	[STORE_APPROVED_FIND] = "SELECT origin FROM approved WHERE about=?1 AND digest=?2 AND signer<>?3 AND key<>?4",
	[STORE_APPROVED_BY] = "SELECT origin,signer,key FROM approved WHERE about=?1 AND digest=?2 AND signer<>?3",
	[STORE_WAIT_END_ADD] = "INSERT OR IGNORE INTO wait_end VALUES(?1,?2,?3)",
	[STORE_WAIT_END_TRIM] = "DELETE FROM wait_end WHERE id IN (SELECT id FROM wait_end ORDER BY at DESC,id DESC LIMIT -1 OFFSET ?1)",
	[STORE_WAIT_END_LIST] = "SELECT said FROM wait_end WHERE at>=?1 ORDER BY at DESC,id DESC LIMIT ?2",
	[STORE_RECALLED_ADD] = "INSERT OR IGNORE INTO recalled VALUES(?1,?2,?3,?4)",
	[STORE_RECALLED_FIND] = "SELECT reason,at FROM recalled WHERE id=?1 AND origin=?2",
	[STORE_SUPERSEDED_ADD] = "INSERT OR REPLACE INTO superseded VALUES(?1,?2,?3)",
	[STORE_SUPERSEDED_FIND] = "SELECT by FROM superseded WHERE id=?1 AND origin=?2",
	[STORE_INBOX_SUPERSEDE] = "UPDATE inbox SET superseded=?2 WHERE id=?1",
	[STORE_INBOX_EMPTY] = "UPDATE inbox SET title='',title_german='',tracking='',wants=0,gone=?2,gone_reason=?3,gone_at=?4 WHERE row=?1",
	[STORE_TEXT_REMOVE] = "INSERT INTO inbox_text(inbox_text,rowid,title,tracking,body) VALUES('delete',?1,?2,?3,?4)",
	[STORE_TEXT_OPTIMIZE] = "INSERT INTO inbox_text(inbox_text) VALUES('optimize')",
	[STORE_QUARANTINE_REMOVE] = "DELETE FROM quarantine WHERE row=?1",
	[STORE_HELD_REMOVE] = "DELETE FROM held WHERE row=?1",
	[STORE_REMINDER_ADD] = "INSERT OR IGNORE INTO reminders(id,partner,policy,deadline,exercise,link) SELECT ?1,?2,?3,?4,?5,?6"
			       " WHERE (SELECT count(*) FROM reminders)<?7",
	[STORE_REMINDER_SAID] = "UPDATE reminders SET said=?3 WHERE id=?1 AND partner=?2 AND said<?3",
	[STORE_REMINDER_LINK] = "UPDATE reminders SET link=?3 WHERE id=?1 AND partner=?2",
	[STORE_REMINDER_DROP] = "DELETE FROM reminders WHERE id=?1",
	[STORE_REMINDER_DONE] = "DELETE FROM reminders WHERE id=?1 AND partner=?2 AND policy<=?3",
	/* What we have from the message alone, the broker speaks of when it is past its deadline. */
	[STORE_REMINDER_SETTLE] = "DELETE FROM reminders WHERE link<>?1 AND (link<>0 OR deadline<=?2)",
	[STORE_REMINDER_LIST] = "SELECT id,partner,policy,deadline,exercise,said FROM reminders ORDER BY deadline LIMIT ?1",
	[STORE_OVERDUE_SET] = "INSERT INTO overdue(id,header,partners,n,link) SELECT ?1,?2,?3,?4,0 WHERE (SELECT count(*) FROM overdue)<?5"
			      " ON CONFLICT(id) DO UPDATE SET header=?2,partners=?3,n=?4 WHERE partners<>?3 OR n<>?4",
	[STORE_OVERDUE_LINK] = "UPDATE overdue SET link=?2 WHERE id=?1",
	[STORE_OVERDUE_REMOVE] = "DELETE FROM overdue WHERE id=?1",
	[STORE_OVERDUE_SETTLE] = "DELETE FROM overdue WHERE link<>?1",
	[STORE_OVERDUE_LIST] = "SELECT id,header,partners,n FROM overdue ORDER BY id DESC LIMIT ?1",
	[STORE_OUTBOX_GET] = "SELECT header,payload FROM outbox WHERE id=?1",
	[STORE_INDICATOR_MESSAGE_ADD] = "INSERT INTO indicator_message(id,origin,created,area,tlp,exercise_name,source,until)"
					" VALUES(?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT(id) DO NOTHING",
	[STORE_INDICATOR_MESSAGE_FIND] = "SELECT row FROM indicator_message WHERE id=?1 AND origin=?2",
	[STORE_INDICATOR_MESSAGE_REMOVE] = "DELETE FROM indicator_message WHERE row=?1",
	[STORE_INDICATOR_MESSAGE_EXPIRE] = "DELETE FROM indicator_message WHERE until<=?1",
	[STORE_INDICATOR_ADD] = "INSERT INTO indicator(message,id,value,kind,exercise,origin,key,confidence,valid_from,valid_until,to_ids,more,created,first,last)"
				" VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?14) ON CONFLICT(value,kind,exercise,origin) DO UPDATE SET"
				" message=?1,id=?2,key=?7,confidence=?8,valid_from=?9,valid_until=?10,to_ids=?11,more=?12,created=?13,last=?14 WHERE created<=?13",
	[STORE_INDICATOR_REMOVE_OF] = "DELETE FROM indicator WHERE message=?1",
	[STORE_INDICATOR_EXPIRE] = "DELETE FROM indicator WHERE row IN (SELECT row FROM indicator WHERE valid_until<=?1 LIMIT ?2)",
	[STORE_INDICATOR_SHORTEN] = "UPDATE indicator SET valid_until=created+?1 WHERE valid_until>created+?1",
	[STORE_INDICATOR_OWNER] = "SELECT origin FROM indicator WHERE id=?1 ORDER BY first,row LIMIT 1",
	[STORE_SIGHTING_ADD] = "INSERT OR IGNORE INTO sighting(message,n,indicator,origin,count,first,last,source,exercise,until,created)"
			       " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
	[STORE_SIGHTING_TOTAL] = "SELECT coalesce(sum(count),0),coalesce(min(nullif(first,0)),0),coalesce(max(last),0) FROM sighting WHERE indicator=?1 AND exercise=?2",
	[STORE_SIGHTING_LIST] = "SELECT message,origin,count,first,last,source FROM sighting WHERE indicator=?1 AND exercise=?2 ORDER BY message DESC,n LIMIT ?3",
	[STORE_TALLY_ALL] = "SELECT coalesce(sum(n),0) FROM tally WHERE what=?1",
	[STORE_TALLY_MOST] = "SELECT origin,n FROM tally WHERE what=?1 ORDER BY n DESC,origin LIMIT 1",
	[STORE_INDICATOR_DROP] = "DELETE FROM indicator WHERE row IN (SELECT row FROM indicator WHERE origin=?1 ORDER BY valid_until,row LIMIT ?2)",
	[STORE_SIGHTING_DROP] = "DELETE FROM sighting WHERE (message,n) IN (SELECT message,n FROM sighting WHERE origin=?1 ORDER BY until,message,n LIMIT ?2)",
	[STORE_TRAINING_ADD] = "INSERT INTO training(uid,origin,sequence,created,begins,ends,header,event,message) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)"
			       " ON CONFLICT(uid) DO UPDATE SET message=?9,sequence=?3,created=?4,begins=?5,ends=?6,header=?7,event=?8"
			       " WHERE origin=?2 AND (sequence<?3 OR (sequence=?3 AND created<=?4))",
	[STORE_TRAINING_LIST] = "SELECT uid,header,event FROM training WHERE uid>=?1 AND uid<?1||?2 AND ends>?3 ORDER BY begins,uid LIMIT ?4",
	[STORE_TRAINING_REMOVE] = "DELETE FROM training WHERE message=?1 AND origin=?2",
	[STORE_REGISTRATION_REMOVE] = "DELETE FROM registration WHERE message=?1 AND origin=?2",
	[STORE_SIGHTING_REMOVE] = "DELETE FROM sighting WHERE message=?1 AND origin=?2",
	[STORE_TRAINING_EXPIRE] = "DELETE FROM training WHERE ends<=?1 OR created<=?2",
	[STORE_REGISTRATION_ADD] = "INSERT INTO registration(uid,origin,created,since,seats,until,registration,message) VALUES(?1,?2,?3,?3,?4,?5,?6,?7)"
				   " ON CONFLICT(uid,origin) DO UPDATE SET since=CASE WHEN ?4<=seats THEN since ELSE ?3 END,created=?3,seats=?4,until=?5,"
				   "registration=?6,message=?7 WHERE created<=?3",
	[STORE_REGISTRATION_LIST] = "SELECT origin,since,seats,registration FROM registration WHERE uid=?1 AND seats>0 ORDER BY since,origin",
	[STORE_REGISTRATION_SHORTEN] = "UPDATE registration SET until=created+?1 WHERE until>created+?1",
	[STORE_REGISTRATION_EXPIRE] = "DELETE FROM registration WHERE until<=?1",
	[STORE_INBOX_EXERCISES] = "SELECT count(*) FROM inbox WHERE exercise IS NOT NULL",
	/* Whichever of the two came last counts, as the origin's clock has it. */
	[STORE_EXERCISE_BEGIN] = "INSERT INTO exercise(name,origin,begun,begins,ends,ended,title,text,header) VALUES(?1,?2,?3,?4,?5,0,?6,?7,?8)"
				 " ON CONFLICT(name,origin) DO UPDATE SET ended=CASE WHEN ended>?3 THEN ended ELSE 0 END,"
				 "begun=?3,begins=?4,ends=?5,title=?6,text=?7,header=?8 WHERE begun<=?3",
	[STORE_EXERCISE_END] = "INSERT INTO exercise(name,origin,begun,begins,ends,ended,title,text,header) VALUES(?1,?2,0,0,0,?3,?4,?5,?6)"
			       " ON CONFLICT(name,origin) DO UPDATE SET ended=?3 WHERE begun<=?3 AND ended<?3",
	[STORE_EXERCISE_LIST] = "SELECT name,origin,title,text,begins,ends,ended,ended=0 AND begins<=?1 AND (ends=0 OR ends>?1) AS runs,header FROM exercise"
				" WHERE ?2 OR (ended=0 AND (ends=0 OR ends>?1)) ORDER BY runs DESC,begins DESC,name,origin LIMIT ?3",
	[STORE_EXERCISE_EXPIRE] = "DELETE FROM exercise WHERE max(begun,ended)<=?1 AND (ended>0 OR (ends>0 AND ends<=?1))",
	[STORE_SIGHTING_EXPIRE] = "DELETE FROM sighting WHERE (message,n) IN (SELECT message,n FROM sighting WHERE until<=?1 LIMIT ?2)",
	[STORE_SIGHTING_SHORTEN] = "UPDATE sighting SET until=created+?1 WHERE until>created+?1",
	[STORE_INCIDENT_TOUCH] = "INSERT INTO incident(id,dirty) VALUES(?1,1) ON CONFLICT(id) DO UPDATE SET dirty=1",
	[STORE_INCIDENT_TOUCH_OPEN] = "UPDATE incident SET dirty=1 WHERE closed=0 AND NOT dirty",
	[STORE_INCIDENT_SAVE] = "UPDATE incident SET dirty=0,closed=?2,exercise=?3,changed=?4,said=?5,say_at=?6,soon_at=?7,due_at=?8,idle_said=?9 WHERE id=?1",
	[STORE_INCIDENT_SAID] = "SELECT said,idle_said FROM incident WHERE id=?1",
	[STORE_INCIDENT_DIRTY] = "SELECT id FROM incident WHERE dirty LIMIT 1",
	[STORE_INCIDENT_DUE] = "SELECT id FROM incident WHERE say_at<=?1 ORDER BY say_at LIMIT 1",
	[STORE_INCIDENT_NEXT] = "SELECT min(say_at) FROM incident",
	[STORE_INCIDENT_LIST] = "SELECT id FROM incident WHERE changed>0 AND closed<=?1 ORDER BY changed DESC,id LIMIT ?2",
	[STORE_INCIDENT_COUNT] = "SELECT count(*),coalesce(sum(soon_at<=?1 AND due_at>?1),0),coalesce(sum(due_at<=?1),0),coalesce(sum(idle_said>0),0) FROM incident"
				 " WHERE closed=0 AND exercise=0 AND changed>0",
	[STORE_INCIDENT_PART_ADD] = "INSERT INTO incident_part VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT(id) DO NOTHING",
	[STORE_INCIDENT_PARTS_END] = "DELETE FROM incident_part WHERE incident IN (" ENDED_INCIDENTS ")",
	[STORE_INCIDENT_END] = "DELETE FROM incident WHERE id IN (" ENDED_INCIDENTS ")",
	[STORE_INCIDENT_PART_REMOVE] = "DELETE FROM incident_part WHERE id=?1",
	[STORE_INCIDENT_PART_OF] = "SELECT incident FROM incident_part WHERE id=?1 UNION ALL SELECT id FROM incident WHERE id=?1 LIMIT 1",
	[STORE_INCIDENT_PARTS] = "SELECT coalesce(p.header,i.header),coalesce(p.payload,i.payload) FROM incident_part p LEFT JOIN inbox i ON i.id=p.id"
				 " WHERE p.incident=?1 AND (p.header IS NOT NULL OR i.header IS NOT NULL) ORDER BY p.created,p.id",
	[STORE_INCIDENT_PASSED_ON] = "SELECT id FROM incident_part WHERE original=?1 AND header IS NOT NULL ORDER BY created DESC LIMIT 1",
};

lb_err store_error(struct store *s)
{
	switch (sqlite3_errcode(s->db) & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return LB_OK;
	case SQLITE_FULL:
		return LB_STORE_FULL;
	case SQLITE_NOMEM:
		return LB_NO_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return LB_CORRUPT;
	default:
		return LB_IO;
	}
}

static lb_err fail(struct store *s, const char *path, char *why, size_t why_n)
{
	lb_err e = s->db ? store_error(s) : LB_NO_MEMORY;

	snprintf(why, why_n, "%s: %s", path, s->db ? sqlite3_errmsg(s->db) : lb_err_text(e));
	store_close(s);
	return e == LB_OK ? LB_IO : e;
}

/* exercise_of(header): the name of the exercise that a message belongs to; NULL of one that is real or has no header. */
static void exercise_of(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct lb_header h;

	(void)n;
	if (lb_header_decode(sqlite3_value_blob(v[0]), (size_t)sqlite3_value_bytes(v[0]), &h) == LB_OK && !lb_header_is_real(&h))
		sqlite3_result_text(c, h.exercise_name.p, (int)h.exercise_name.n, SQLITE_TRANSIENT);
}

/* keep_until(header): when the message is to be gone, ms since 1970; NULL if it has no header. Another retention gives another answer, but not within a
 * statement. */
static void keep_until(sqlite3_context *c, int n, sqlite3_value **v)
{
	const struct retention *keep = sqlite3_user_data(c);
	struct lb_header h;

	(void)n;
	if (lb_header_decode(sqlite3_value_blob(v[0]), (size_t)sqlite3_value_bytes(v[0]), &h) == LB_OK)
		sqlite3_result_int64(c, retention_until(keep, &h));
}

static bool run(sqlite3 *db, const char *text)
{
	return sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static bool read_version(sqlite3 *db, int *version)
{
	sqlite3_stmt *q = NULL;
	bool ok = sqlite3_prepare_v2(db, "SELECT coalesce((SELECT value FROM meta WHERE key='schema'),0)", -1, &q, NULL) == SQLITE_OK &&
	          sqlite3_step(q) == SQLITE_ROW;

	if (ok)
		*version = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return ok;
}

/* Brings the schema to our version, from none or from an older one. *version is what was found. */
static bool upgrade(sqlite3 *db, int *version)
{
	char *set = NULL;
	bool ok = run(db, "BEGIN IMMEDIATE;CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID") && read_version(db, version);

	for (int v = *version; ok && v >= 0 && v < SCHEMA_VERSION; v++)
		ok = run(db, steps[v]);
	if (ok && *version < SCHEMA_VERSION) {
		set = sqlite3_mprintf("INSERT OR REPLACE INTO meta VALUES('schema',%d)", SCHEMA_VERSION);
		ok = set && run(db, set);
	}
	sqlite3_free(set);
	return ok && run(db, "COMMIT");
}

lb_err store_open(const char *folder, struct store *out, char *why, size_t why_n)
{
	struct store s = { .db = NULL };
	char path[4096];
	int version = 0;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		snprintf(why, why_n, "%s: the folder cannot be made: %s", folder, strerror(errno));
		return LB_IO;
	}
	snprintf(path, sizeof path, "%s/agent.db", folder);
	retention_init(&s.keep);
	s.quarantine_ms = INT64_MAX;
	out->keep = s.keep; /* which is what keep_until() looks at */
	/* One agent a database: a second one would send and store everything again. */
	if (sqlite3_open_v2(path, &s.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_create_function(s.db, "exercise_of", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, exercise_of, NULL, NULL) != SQLITE_OK ||
	    sqlite3_create_function(s.db, "keep_until", 1, SQLITE_UTF8, &out->keep, keep_until, NULL, NULL) != SQLITE_OK ||
	    !run(s.db, "PRAGMA locking_mode=EXCLUSIVE") || !run(s.db, settings) || !upgrade(s.db, &version))
		return fail(&s, path, why, why_n);
	if (version > SCHEMA_VERSION) {
		snprintf(why, why_n, "%s: a newer lagebus-agent made it (schema %d, this one knows %d)", path, version, SCHEMA_VERSION);
		store_close(&s);
		return LB_VERSION;
	}
	for (unsigned i = 0; i < STORE_STATEMENTS; i++)
		if (sqlite3_prepare_v3(s.db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s.statement[i], NULL) != SQLITE_OK)
			return fail(&s, path, why, why_n);
	*out = s;
	return LB_OK;
}

void store_close(struct store *s)
{
	for (unsigned i = 0; i < STORE_STATEMENTS; i++)
		sqlite3_finalize(s->statement[i]);
	sqlite3_close(s->db);
	memset(s, 0, sizeof *s);
}

sqlite3_stmt *store_use(struct store *s, enum store_statement which)
{
	sqlite3_reset(s->statement[which]);
	sqlite3_clear_bindings(s->statement[which]);
	return s->statement[which];
}

lb_err store_row(struct store *s, sqlite3_stmt *statement)
{
	lb_err e;

	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		return LB_OK;
	case SQLITE_DONE:
		sqlite3_reset(statement);
		return LB_NOT_FOUND;
	default:
		e = store_error(s);
		snprintf(s->why, sizeof s->why, "%s", e == LB_STORE_FULL ? lb_err_text(e) : sqlite3_errmsg(s->db));
		return e;
	}
}

lb_err store_run(struct store *s, sqlite3_stmt *statement)
{
	lb_err e = store_row(s, statement);

	sqlite3_reset(statement);
	if (e == LB_OK || e == LB_NOT_FOUND)
		return LB_OK;
	if (s->failure == LB_OK)
		s->failure = e;
	return e;
}

lb_err store_begin(struct store *s)
{
	lb_err e = store_run(s, store_use(s, STORE_BEGIN));

	s->failure = LB_OK;
	return e;
}

/* A row that is still open keeps the write-ahead log from starting over: it would grow without end. */
static void close_rows(struct store *s)
{
	for (unsigned i = 0; i < STORE_STATEMENTS; i++)
		sqlite3_reset(s->statement[i]);
}

lb_err store_commit(struct store *s)
{
	lb_err e = s->failure;

	close_rows(s);
	if (e == LB_OK)
		e = store_run(s, store_use(s, STORE_COMMIT));
	if (e != LB_OK)
		store_rollback(s);
	return e;
}

void store_rollback(struct store *s)
{
	/* SQLite has rolled back by itself after some errors: then there is nothing left to do. */
	if (!sqlite3_get_autocommit(s->db) && store_run(s, store_use(s, STORE_ROLLBACK)) != LB_OK)
		sqlite3_interrupt(s->db);
	s->failure = LB_OK;
}

lb_err store_scrub(struct store *s)
{
	close_rows(s);
	return sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK ? LB_OK : store_error(s);
}
