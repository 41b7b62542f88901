/* The commands: a row each. */
#include "agents/cli/commands.h"

#include <string.h>

#define ROW(function) cmd_##function##_options, cmd_##function##_examples, cmd_##function

const struct command commands[] = {
	{ "ca init", "DIR", 1, 1, "make a certificate authority in a folder",
		"Makes the federation's certificate authority: DIR/ca.pem, DIR/ca.key (mode 0600), an empty DIR/crl.pem and the "
		"index of what was issued. Nothing that is there is overwritten.", ROW(ca_init) },
	{ "ca issue", "DIR", 1, 1, "issue a certificate for an agent or a broker",
		"Makes a key and a certificate with the SPIFFE ID spiffe://TRUST-DOMAIN/partner/PARTNER/agent/NAME and writes "
		"DIR/issued/PARTNER.NAME.pem and .key (a / in the partner id becomes _). The same key signs the agent's messages.",
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
