/* What each command's file gives to the table. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "agents/cli/cli.h"

#define COMMAND(name) \
	extern const struct option_row cmd_##name##_options[]; \
	extern const char *const cmd_##name##_examples[]; \
	enum cli_exit cmd_##name(struct cli *cli)

COMMAND(send);
COMMAND(warn);
COMMAND(inbox);
COMMAND(show);
COMMAND(ack);
COMMAND(receipts);
COMMAND(approvals);
COMMAND(approve);
COMMAND(recall);
COMMAND(watch);
COMMAND(indicators_import);
COMMAND(indicators_search);
COMMAND(indicators_list);
COMMAND(indicators_show);
COMMAND(indicators_export);
COMMAND(indicators_sighted);
COMMAND(training_announce);
COMMAND(training_change);
COMMAND(training_cancel);
COMMAND(training_list);
COMMAND(training_show);
COMMAND(training_register);
COMMAND(training_unregister);
COMMAND(training_registrations);
COMMAND(training);
COMMAND(status);
COMMAND(incident_list);
COMMAND(incident_show);
COMMAND(incident_report);
COMMAND(incident_update);
COMMAND(incident_confirm);
COMMAND(incident_assist);
COMMAND(incident_offer);
COMMAND(incident_accept);
COMMAND(incident_done);
COMMAND(incident_hand_over);
COMMAND(incident_close);
COMMAND(check);
COMMAND(audit_verify);
COMMAND(audit_show);
COMMAND(case_report);
COMMAND(case_list);
COMMAND(case_show);
COMMAND(case_ack);
COMMAND(ca_init);
COMMAND(ca_issue);
COMMAND(ca_revoke);
COMMAND(ca_crl);
COMMAND(help);

#endif
