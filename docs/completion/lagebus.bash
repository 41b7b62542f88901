# bash completion for lagebus: commands, their options, and the values of those that have a list.
_lagebus()
{
	local cur prev word command='' i
	local types='indicator sighting incident-report assistance-request assistance-offer situation-report training-event
		digital-violence-case approval recall training-registration exercise'
	local areas='cyber-defence joint-incident-work citizen-awareness internal-security threat-intelligence incident-response
		public-sector-training federal-state-collaboration digital-violence'
	local global='--agent --json --table --no-color --timeout --help --version'
	local header='--to --as --area --tlp --ack --ack-deadline --expires --thread --supersedes --exercise --exercise-name
		--language --personal-data --dry-run --no-wait'
	local categories='abusive-content malicious-code information-gathering intrusion-attempts intrusions availability
		information-content-security fraud vulnerable other'
	local form='--title --text --known --category --malicious --cross-border --impact --contact --tier --service --measure'
	local sent='--to --as --tlp --dry-run --no-wait'
	local draft="$header --title --text"
	local contact='--contact --contact-name --contact-phone --contact-email'
	local kinds='stix-pattern ipv4-addr ipv6-addr domain-name url email-addr file-md5 file-sha1 file-sha256 file-name autonomous-system mutex
		user-agent x509-sha256'
	local commands='warn send inbox show ack receipts approvals approve recall watch indicators exercise training incident status check audit case ca help'

	COMPREPLY=()
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--agent | --timeout) [[ -n $command ]] || ((i++)) ;;
		-*) ;;
		*)
			if [[ -z $command ]]; then
				command=$word
			elif [[ $command == ca || $command == indicators || $command == exercise || $command == training || $command == audit || $command == case || $command == incident ]]; then
				command="$command $word"
			fi
			;;
		esac
	done

	case $prev in
	--type) COMPREPLY=($(compgen -W "$types" -- "$cur")); return ;;
	--area) COMPREPLY=($(compgen -W "$areas" -- "$cur")); return ;;
	--tlp) COMPREPLY=($(compgen -W 'clear green amber amber+strict red' -- "$cur")); return ;;
	--ack) COMPREPLY=($(compgen -W 'none displayed acknowledged implemented' -- "$cur")); return ;;
	--kind)
		[[ $command == training* ]] && kinds='lecture workshop event'
		COMPREPLY=($(compgen -W "$kinds" -- "$cur"))
		return
		;;
	--for) COMPREPLY=($(compgen -W 'citizens staff' -- "$cur")); return ;;
	--format) COMPREPLY=($(compgen -W 'text csv misp json stix' -- "$cur")); return ;;
	--level) COMPREPLY=($(compgen -W '1 2 3 4' -- "$cur")); return ;;
	--category) COMPREPLY=($(compgen -W "$categories" -- "$cur")); return ;;
	--tier) COMPREPLY=($(compgen -W 'minor significant severe crisis' -- "$cur")); return ;;
	--malicious | --cross-border) COMPREPLY=($(compgen -W 'yes no unknown' -- "$cur")); return ;;
	--stage) COMPREPLY=($(compgen -W 'update interim progress final' -- "$cur")); return ;;
	--curve) COMPREPLY=($(compgen -W 'p256 p384 p521' -- "$cur")); return ;;
	--csaf | --diff | --ics | --file | --from-json | --advisory | --attachment | --payload | --ca) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	esac

	local options=''
	case $command in
	'') options=$commands ;;
	warn) options="--level --csaf $draft --tracking-id --measure --bits-category --wid-grade" ;;
	send) options="--type $draft --level --file --media-type --from-json --raw" ;;
	inbox) options='--search --unacknowledged --quarantine --topic --exercise --no-exercise --limit --before' ;;
	show) options='--advisory --attachment --payload last' ;;
	ack) options='--by --displayed --implemented --note --as --no-wait last' ;;
	receipts) options='--all --watch --csv last' ;;
	approve) options='--by --note --refuse --yes --as --no-wait last' ;;
	recall) options='--reason --as --no-wait' ;;
	watch) options='--topic --from-now --no-exercise --count' ;;
	indicators) options='import search list show export sighted' ;;
	'indicators import') options="$header --format --source --confidence --to-ids --valid-until --from-now" ;;
	'indicators search' | 'indicators list') options='--kind --limit --no-exercises' ;;
	'indicators show') ;;
	audit) options='verify show' ;;
	'audit verify') options='--ca' ;;
	'audit show') options='--message' ;;
	'indicators export') options='--format --tlp --kind --confidence --to-ids --exercise' ;;
	'indicators sighted') options="$header --count --first --last --source" ;;
	exercise) options='begin end list' ;;
	'exercise begin') options='--to --as --area --tlp --title --text --begins --ends --ack --ack-deadline --language --dry-run --no-wait' ;;
	'exercise end') options='--to --as --text --ack --ack-deadline --language --dry-run --no-wait' ;;
	'exercise list') options='--past' ;;
	training) options='announce change cancel list show register unregister registrations --ics --past' ;;
	'training announce' | 'training change') options="$draft $contact --kind --for --begins --ends --place --accessibility --url --seats --register-until --tentative" ;;
	'training cancel') options="$draft" ;;
	'training list') options='--past' ;;
	'training show' | 'training registrations') ;;
	'training register') options="$header $contact --seats --note" ;;
	'training unregister') options="$header --note" ;;
	status) ;;
	check) options='--files-only --diff' ;;
	incident) options='list show report update confirm assist offer accept done hand-over close' ;;
	'incident list') options='--all --limit' ;;
	'incident show') options='last' ;;
	'incident report') options="$form --file --draft --ask $sent --exercise --exercise-name" ;;
	'incident update') options="--stage --supersedes $form $sent last" ;;
	'incident confirm' | 'incident close') options="$form $sent last" ;;
	'incident assist') options="--capability --place --until --text $sent last" ;;
	'incident offer') options="--capability --place --from --until --text $sent last" ;;
	'incident accept' | 'incident hand-over') options="--text $sent last" ;;
	'incident done') options="--withdraw --text $sent last" ;;
	case) options='report list show ack' ;;
	'case report') options='--to --as --file --attachment --media-type --expires --exercise --exercise-name --dry-run --no-wait' ;;
	'case list') options='--open' ;;
	'case show') options='--attachment last' ;;
	'case ack') options='--by --yes --no-wait last' ;;
	ca) options='init issue revoke crl' ;;
	'ca init') options='--trust-domain --days --curve' ;;
	'ca issue') options='--agent --partner --name --broker --dns --ip --acts-for --days --from --curve' ;;
	'ca revoke' | 'ca crl') options='--days' ;;
	help) options=$commands ;;
	esac
	COMPREPLY=($(compgen -W "$options $global" -- "$cur"))
	case $command in
	check | 'ca '* | 'indicators import') [[ $cur == -* ]] || COMPREPLY+=($(compgen -f -- "$cur")) ;;
	esac
}
complete -F _lagebus lagebus
