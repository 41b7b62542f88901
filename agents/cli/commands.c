/* The commands: a row each. */
#include "agents/cli/commands.h"

#include <string.h>

#define ROW(function) cmd_##function##_options, cmd_##function##_examples, cmd_##function

const struct command commands[] = {
	{ "warn", "", 0, 0, "send a warning, from a CSAF advisory or by hand",
		"Sends a warning with its advisory's original bytes. Title, tracking id, publisher, products, CVEs and summary are taken "
		"from the advisory; its TLP label can be narrowed, never widened. What is doubtful about it (a draft, no label, a sharing "
		"group, no product that is affected) is noted on standard error, what contradicts itself is refused. The level sets what is asked of the recipients: from 2 on "
		"to acknowledge it (4: within 1 h, 3: 4 h, 2: by 17:00 German legal time of the next working day; whoever has a holiday of its own then has longer). More may be asked with --ack and --ack-deadline, less is "
		"refused. Level 4 needs a second "
		"person: it waits at the broker until another agent, with another certificate, has approved it (lagebus approve), and goes to "
		"nobody before that.", ROW(warn) },
	{ "send", "", 0, 0, "send any other message",
		"Sends title, text and file where the type has them (a situation report), or the whole payload as JSON. What breaks the rules of the "
		"type's schema is refused with the field that does. It is accepted when the broker has it on disk; until then it waits in the agent's outbox "
		"and survives a power failure there.", ROW(send) },
	{ "inbox", "", 0, 0, "list and search the messages that came",
		"Lists the newest first. In a pipe each line has: time, level, marking, type, origin, title, state and id, separated by "
		"tabs. State is open or overdue where we have to act, on a terminal with the time until or since when; else what we did.", ROW(inbox) },
	{ "show", "ID", 1, 1, "show a message",
		"Shows a message of the inbox. ID is the whole id, its first or last digits (4 at least), or last for the newest message that is no receipt.",
		ROW(show) },
	{ "ack", "ID", 1, 1, "acknowledge a message",
		"Tells the origin that a message was displayed, acknowledged (the default) or implemented, and by which function. The "
		"receipt is signed and kept like any message. Where the agent acts for other partners, each acknowledges for itself, with "
		"--as.", ROW(ack) },
	{ "receipts", "ID", 1, 1, "who has a message, who acknowledged it, who is silent",
		"Asks the broker what became of a message that this partner sent; ID is what warn or send said. A recipient is queued, delivered, displayed, "
		"acknowledged, implemented, expired (the message expired before the partner had it, and it will not get it any more) or withheld (today's rules do "
		"not let it have it); and overdue since the deadline that has passed. Who is a recipient is said by the rules of the time when the message was "
		"accepted; where today's differ, --all says it. In a pipe each line has: partner, delivered (yes, no or expired), displayed, acknowledged, by, "
		"implemented, last seen and state (overdue where it is), separated by tabs. Of a message that was recalled there is one more field: when all of "
		"the partner's agents had deleted it. Of one that waits for a second person, or waited in vain, there is one line: waiting, refused, expired, "
		"withdrawn or ended (with its exercise). Of a case of digital violence it also says when its content was deleted at the broker. The exit code is 7 if "
		"somebody is overdue.", ROW(receipts) },
	{ "incident list", "", 0, 0, "the incidents that are open, and what is due next",
		"Lists the incident that changed last first. In a pipe each line has: changed, stage, tier, title, lead, due next and id, separated by tabs.",
		ROW(incident_list) },
	{ "incident show", "ID", 1, 1, "what is known of an incident",
		"Shows what the incident's messages make of it: its state and clocks, who takes part, who asked for and offered help, and the messages "
		"themselves; those that do not count with the reason. ID is the incident's, whole or its first or last digits (4 at least), that of one of its "
		"messages, whole, or last.", ROW(incident_show) },
	{ "incident report", "", 0, 0, "report an incident",
		"Sends a first report to whom this partner reports to. On a terminal it asks for what the options do not say, one question after the other, and "
		"keeps what was typed as a draft from the first moment on. The contact is remembered. A CATEGORY is one of abusive-content, malicious-code, "
		"information-gathering, intrusion-attempts, intrusions, availability, information-content-security, fraud, vulnerable, other. The file of "
		"--file has the options' names as keys; service and measure are lists.", ROW(incident_report) },
	{ "incident update", "ID", 1, 1, "add to an incident, or correct a message",
		"Sends a further report to everyone whom it concerns. With --supersedes it takes the place of an earlier message of ours.", ROW(incident_update) },
	{ "incident confirm", "ID", 1, 1, "confirm what a body below reported, and take it up",
		"Sends this Land's own report, which begins with what the body said, up to the federal office and back to the body. From then on the Land leads. "
		"What the body signed goes with it, so that the federal office can verify who reported.",
		ROW(incident_confirm) },
	{ "incident assist", "ID", 1, 1, "ask others for help with an incident",
		"Asks the partners of --to, and the one above.", ROW(incident_assist) },
	{ "incident offer", "ID [REQUEST]", 1, 2, "offer help that was asked for",
		"REQUEST is the last digits of the request's id, where there are several.", ROW(incident_offer) },
	{ "incident accept", "ID [OFFER]", 1, 2, "accept an offer of help",
		"OFFER is the last digits of the offer's id, where there are several.", ROW(incident_accept) },
	{ "incident done", "ID [WHICH]", 1, 2, "say that help is no longer needed, or was given",
		"WHICH is the last digits of the id of a request or offer of ours, where there are several.", ROW(incident_done) },
	{ "incident hand-over", "ID PARTNER", 2, 2, "let somebody else lead an incident",
		"Sends all that is known to who leads from here on, and to everyone whom it concerns.", ROW(incident_hand_over) },
	{ "incident close", "ID", 1, 1, "send the final report and close an incident",
		"Only who leads closes it. What comes after that does not count, but for corrections.", ROW(incident_close) },
	{ "approvals", "", 0, 0, "what waits for a second person",
		"Lists the warnings of level 4 that wait at the broker: those that this agent may approve, and its own partner's. In a pipe each "
		"line has: until when it waits, level, marking, origin, audience, who signed it, whether this agent may approve it (yes or no) and id, "
		"separated by tabs.", ROW(approvals) },
	{ "approve", "ID", 1, 1, "approve or refuse what waits for a second person",
		"Shows the message and asks. The approval is a signed message with the digest of what was shown; it goes to every recipient in front of "
		"the warning, and each of them checks it. It needs a certificate, and a key, other than the one that the warning was signed with: "
		"another coordinator's agent for a coordinator's warning, another agent of the same state for a state's. ID is the whole id, or its first or last digits.",
		ROW(approve) },
	{ "recall", "ID", 1, 1, "take back a message that this partner sent",
		"Sends a signed Recall to all who were to have the message. Who has not got it yet will not get it: it goes from the broker's log. The "
		"others' agents delete it, keep a line that says why, and tell the broker; lagebus receipts says who has deleted it and who has not. What "
		"still waits for a second person is withdrawn, and nobody hears of it. ID is what warn or send said.", ROW(recall) },
	{ "watch", "", 0, 0, "show messages as they come",
		"Shows what is not acknowledged yet and then each message as it is stored, until interrupted. With --json each message is "
		"a document on a line of its own. What has to be acknowledged by a time, or is overdue, is said when the broker says it: a document with an event, or a "
		"line of: time, event (reminder, overdue, others-overdue, settled), deadline, partners and id. So is the end of a wait for a second person: a line of "
		"time, wait-ended, when, how (approved, refused, expired, withdrawn), origin and id. With --timeout it ends with exit code 4 when "
		"nothing came for so long.", ROW(watch) },
	{ "indicators import", "FILE", 1, 1, "send indicators from a file: text, CSV, MISP or STIX",
		"Reads a value a line (also disarmed, as hxxp://example[.]org; # begins a comment), CSV with a heading, a MISP event or a STIX 2.1 bundle, and sends "
		"each value once, in messages of up to 10,000. Of events and bundles it takes what is straightforward: attributes and indicator objects with one "
		"value; other patterns go as they are. What is no indicator is noted with its line, what has ended is left out. The file's own TLP label counts and is not "
		"widened. The same value from the same partner keeps its id, so that its sightings go on counting. In a pipe each line has: id, accepted or outbox, and "
		"how many indicators, separated by tabs.", ROW(indicators_import) },
	{ "indicators search", "PATTERN", 1, 1, "find indicators by value, prefix, domain or network",
		"Finds a value and what is around it: an address also in the networks that have it, a domain also what is below and above it, with URLs and mail "
		"addresses there; a network finds what lies in it, '*.example.org' what is below a domain, 'abc*' what begins so. Only what is valid now is found. In a "
		"pipe each line has: value, kind, marking, confidence, to_ids, from, valid until, sighted and title, separated by tabs.", ROW(indicators_search) },
	{ "indicators list", "", 0, 0, "list the indicators that are valid now",
		"Lists what came from all partners and what this one sent, joined by kind and value: the label is the strictest of those it came with, the confidence the "
		"highest, and to_ids is yes if all of the most confident say so. In a pipe each line is as in a search.", ROW(indicators_list) },
	{ "indicators show", "ID|VALUE", 1, 1, "show an indicator, who sent it and who has seen it",
		"Shows what each partner says of it, and the sightings that came: the newest 1,000, and the sums over all.", ROW(indicators_show) },
	{ "indicators export", "", 0, 0, "write valid indicators for other programs",
		"Writes text, CSV, JSON or a STIX 2.1 bundle to standard output, each value under the strictest label that it came with. What is stricter than "
		"--tlp is left out and counted on standard error; TLP:RED is not exported unless --tlp red asks for it. What belongs to an exercise is never among real "
		"ones.", ROW(indicators_export) },
	{ "indicators sighted", "ID|VALUE", 1, 1, "tell an indicator's owner that it was seen",
		"Sends a sighting to the partner whose indicator it is, to each of them where several sent the value. A local body tells its Land, whose agent tells the "
		"owner in the Land's name. Sources are to be pseudonyms: they say nothing of a person. In a pipe each line has: id, accepted or outbox, and who is told, "
		"separated by tabs.", ROW(indicators_sighted) },
	{ "exercise begin", "NAME", 1, 1, "begin an exercise",
		"Tells those who take part that an exercise of this name begins. A coordinator begins one for whom it names, a Land for its own bodies. From then on they "
		"send messages of it with --exercise-name, which reach nobody else and are shown as exercises everywhere. Beginning it again changes who takes part, "
		"the times and the texts.", ROW(exercise_begin) },
	{ "exercise end", "NAME", 1, 1, "end an exercise that was begun here",
		"Tells everyone to whom the beginning went that it is over. The broker takes no further messages of it, but for receipts and recalls.", ROW(exercise_end) },
	{ "exercise list", "", 0, 0, "list the exercises that run and those to come",
		"Lists what this partner was told of and what it began. In a pipe each line has: exercise, state (runs, to come or over), who began it, when it begins and "
		"ends, and title, separated by tabs.", ROW(exercise_list) },
	{ "training announce", "", 0, 0, "announce a lecture, a workshop or an event",
		"Tells the audience of something to learn. It is TLP:CLEAR, in the area public-sector-training and kept for a year after its end where nothing else is "
		"said.", ROW(training_announce) },
	{ "training change", "UID", 1, 1, "change an event that this partner announced",
		"Sends the event again with what is given changed, a higher SEQUENCE (RFC 5546) and the audience it had; it replaces the message before. What is moved "
		"lasts as long as before. Only the partner that announced it may. UID is the whole uid, its beginning (4 characters at least), what stands before "
		"the @ or its end, or last for what was announced or changed last.", ROW(training_change) },
	{ "training cancel", "UID", 1, 1, "cancel an event that this partner announced",
		"As a change: the event stays in the list and in calendars, as cancelled.", ROW(training_cancel) },
	{ "training list", "", 0, 0, "list what is announced",
		"Lists what is to come. In a pipe each line has: begins, kind, for, status, origin, title, place, seats, our registration and uid, separated by tabs.",
		ROW(training_list) },
	{ "training show", "UID", 1, 1, "show an event",
		"Shows everything about it. UID as in change.", ROW(training_show) },
	{ "training register", "UID", 1, 1, "register for an event",
		"Sends a registration to the organiser. Whoever comes first has a seat; a later one of the same partner replaces it, and keeps its place unless it asks "
		"for more seats. Personal data in the contact marks the message as such.", ROW(training_register) },
	{ "training unregister", "UID", 1, 1, "withdraw a registration",
		"Tells the organiser that nobody comes.", ROW(training_unregister) },
	{ "training registrations", "UID", 1, 1, "who has registered for an event",
		"Of an event of ours it lists registrations in their order: who has a seat, and who is on the waiting list because there are not as many left as it asks for. In a pipe each line "
		"has: partner, seats, seat or waiting list, since, contact, how to reach it and note, separated by tabs.", ROW(training_registrations) },
	{ "training", "", 0, 0, "list what is announced, or write it as a calendar",
		"Without --ics it is training list. The calendar (iCalendar, RFC 5545) has every event under its uid with its SEQUENCE, cancelled ones too, so that "
		"calendar programs follow changes when they read it again. What else there is: training announce, change, cancel, list, show, register, unregister and "
		"registrations, each with its own help.", ROW(training) },
	{ "status", "", 0, 0, "how agent and link are",
		"Shows identity, whom the agent acts for besides, link, outbox, inbox and how far behind the newest message it is; till when we have to "
		"acknowledge what, what we are overdue with, and who else is overdue with what we or, where we are a coordinator, others sent; and how, in the last week, "
		"what we have sent or might have approved ended to wait for a second person. The exit code is 4 while the agent is linked to no broker.", ROW(status) },
	{ "check", "[FILE]", 0, 1, "check configuration and certificates, and ask agent and broker",
		"Reads the agent's configuration (default /etc/lagebus/agent.conf) and checks the certificate's dates, its chain to the CA, "
		"the revocation list and that the key belongs to it; then asks the agent and through it the broker. Each line says ok, "
		"warning or error and what to do. Of a federation file, or a broker's configuration, which names one, it says whether that is valid, and of "
		"each type of message for how long it is kept. In a pipe such a line has: retention, the type, for how long, and federation or default, "
		"separated by tabs. The exit code is that of the first error. With --diff it compares two federation files "
		"instead: what changes, and what follows for sessions, for what is queued and for who may send and get what. In a pipe each "
		"line has: change or effect, who, what, removed or added, and which, separated by tabs. The exit code is then 0 if nothing "
		"changes, 1 if something does, and above that if a file cannot be read or is not valid.", ROW(check) },
	{ "audit verify", "FILE", 1, 1, "check an exported audit",
		"Checks offline that every row of an audit (lagebusd --export-audit FILE) follows the one before it and that its checkpoints are signed by a broker "
		"of the federation. Names the first row that does not, and says up to where signatures reach. The exit code is 0 only if the chain holds and "
		"at least one checkpoint is signed.", ROW(audit_verify) },
	{ "audit show", "FILE", 1, 1, "list what an exported audit tells",
		"A line an event: time, row, what (published, refused, wait, delivered, receipt, federation, broker, checkpoint), who and which, separated by tabs. It "
		"does not check the chain: audit verify does. With --message it says what became of one message: a line more for each recipient says by when it had "
		"it, or that the message had expired or was recalled (passed-over). Who has no such line had not got it.", ROW(audit_show) },
	{ "case report", "", 0, 0, "report a case of digital violence to one office, encrypted",
		"Encrypts a report to the agents of the office of --to and sends it as TLP:RED; the broker and everybody else see a random "
		"pseudonym and ciphertext. What is missing is asked for on the terminal, or --file gives it as JSON: title, text, platform, urls, "
		"noticed_at (as 2026-12-01T14:00:00Z), acute, and contact with function, name, phone and email. Nothing of it is taken from the command line, which others can "
		"see. This office keeps no copy. It is deleted when the other office acknowledges it, after 14 days at the latest. Of a case that belongs "
		"to an exercise the broker sees that it does, and not to which.", ROW(case_report) },
	{ "case list", "", 0, 0, "list the cases that came",
		"Lists the newest first. In a pipe each line has: received, pseudonym, origin, state, when it is deleted at the latest, and id, separated by tabs.",
		ROW(case_list) },
	{ "case show", "ID", 1, 1, "open a case and show it",
		"The agent decrypts it for this once; what it stores stays encrypted. ID is the pseudonym's first digits, the message's id (its first or last "
		"digits, 4 at least), or last.", ROW(case_show) },
	{ "case ack", "ID", 1, 1, "acknowledge a case, which deletes it",
		"Tells the office that sent it by which function it was taken up, and deletes its content here and at the broker, for good. It "
		"asks before; without a terminal --yes is needed. The office's other agents delete it as well, when they come back if they are away; one that has "
		"not got it yet does not get it any more.", ROW(case_ack) },
	{ "ca init", "DIR", 1, 1, "make a certificate authority in a folder",
		"Makes the federation's certificate authority: DIR/ca.pem, DIR/ca.key (mode 0600), an empty DIR/crl.pem and the "
		"index of what was issued. Nothing that is there is overwritten.", ROW(ca_init) },
	{ "ca issue", "DIR", 1, 1, "issue a certificate for an agent or a broker",
		"Makes a key and a certificate with the SPIFFE ID spiffe://TRUST-DOMAIN/partner/PARTNER/agent/NAME and writes "
		"DIR/issued/PARTNER.NAME.pem and .key (a / in the partner id becomes _). The same key signs the agent's messages and opens what is encrypted to it. "
		"With --acts-for the certificate proves to everyone that the agent may act for other partners; the federation file must "
		"say so, too.",
		ROW(ca_issue) },
	{ "ca revoke", "DIR SERIAL|FILE", 2, 2, "revoke a certificate and renew the revocation list",
		"Notes in the index that the certificate with this serial number (hexadecimal) or in this file is revoked, and writes "
		"DIR/crl.pem anew. Brokers and agents take it on SIGHUP.", ROW(ca_revoke) },
	{ "ca crl", "DIR", 1, 1, "renew the revocation list",
		"Writes DIR/crl.pem anew with every revoked certificate. A list past its next update makes links fail: renew it in time.",
		ROW(ca_crl) },
	{ "help", "[COMMAND...]", 0, 2, "show the help of a command",
		"Without a word it lists the commands.", ROW(help) },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL },
};

static bool name_matches(const char *name, int argc, char *const *argv, int *used)
{
	size_t first = strcspn(name, " ");

	*used = name[first] ? 2 : 1;
	/* A word behind one that is a group, too, is one of the group's. */
	if (!name[first] && argc > 1 && argv[1][0] != '-' && command_is_group(name))
		return false;
	if (strncmp(argv[0], name, first) != 0 || argv[0][first] != 0)
		return false;
	return !name[first] || (argc > 1 && strcmp(argv[1], name + first + 1) == 0);
}

const struct command *command_find(int argc, char *const *argv, int *used)
{
	for (const struct command *c = commands; argc > 0 && c->name; c++)
		if (name_matches(c->name, argc, argv, used))
			return c;
	return NULL;
}

bool command_is_group(const char *word)
{
	size_t n = strlen(word);

	for (const struct command *c = commands; c->name; c++)
		if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
			return true;
	return false;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	return a < b ? (a < c ? a : c) : b < c ? b : c;
}

/* How many letters have to be changed, added, left out or swapped with their neighbour to make one of the other. */
static unsigned distance(const char *a, size_t a_n, const char *b, size_t b_n)
{
	unsigned d[COMMAND_WORD][COMMAND_WORD];

	for (size_t i = 0; i <= a_n; i++)
		d[i][0] = (unsigned)i;
	for (size_t j = 0; j <= b_n; j++)
		d[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_n; i++)
		for (size_t j = 1; j <= b_n; j++) {
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[a_n][b_n];
}

bool command_near(const char *word, char out[COMMAND_WORD])
{
	size_t n = strlen(word);
	unsigned nearest = n < 5 ? 2 : 3; /* what is further is another word */

	out[0] = 0;
	for (const struct command *c = commands; n < COMMAND_WORD && c->name; c++) {
		size_t name_n = strcspn(c->name, " ");
		unsigned far = distance(word, n, c->name, name_n);

		if (far >= nearest)
			continue;
		nearest = far;
		memcpy(out, c->name, name_n);
		out[name_n] = 0;
	}
	return out[0] != 0;
}

enum cli_exit command_unknown(struct cli *cli, int argc, char *const *argv)
{
	char near[COMMAND_WORD];

	if (command_is_group(argv[0]) && argc > 1)
		return cli_fail(cli, CLI_USAGE, "there is no command '%s %s' (lagebus help %s lists what there is)", argv[0], argv[1], argv[0]);
	if (command_near(argv[0], near))
		return cli_fail(cli, CLI_USAGE, "there is no command '%s'; is '%s' meant? (lagebus help lists all)", argv[0], near);
	return cli_fail(cli, CLI_USAGE, "there is no command '%s' (lagebus help lists them)", argv[0]);
}
