# A federation of real processes in a folder of its own, for the scripts that source this and for the demo:
#   federation_make BUILD_DIR PARTNER...   (the first is the coordinator; one with a / is a local body; role_of says otherwise)
# then start_broker, start_agent, as, until_true. Everything ends, and the folder goes, with the script.
declare -A pid role_of
declare -A name_of=([bund-bsi]="Bundesamt für Sicherheit in der Informationstechnik" [de-sn]=Sachsen [de-st]=Sachsen-Anhalt [de-ni]=Niedersachsen
	[de-hb]=Bremen [de-he]=Hessen [de-rp]=Rheinland-Pfalz [de-sl]=Saarland [de-sn/leipzig]="Stadt Leipzig" [de-he/kassel]="Stadt Kassel")

federation_end() {
	local p
	for p in "${pid[@]}"; do kill "$p" 2>/dev/null || true; done
	for p in "${pid[@]}"; do wait "$p" 2>/dev/null || true; done
	cd /
	[ -n "${KEEP:-}" ] && echo "kept $work" || rm -rf "$work"
}

# What a partner's or the broker's configuration says of certificates.
credentials() { echo "certificate = \"$work/ca/issued/$1.pem\"; key = \"$work/ca/issued/$1.key\"; ca = \"$work/ca/ca.pem\"; crl = \"$work/ca/crl.pem\";"; }

federation_file() {
	local p role=coordinator groups= comma=
	echo 'trust_domain = "lagebus.example"; partners = ('
	for p; do
		[[ $p != */* ]] || role=local
		echo "$comma { id = \"$p\"; name = \"${name_of[$p]:-$p}\"; role = \"${role_of[$p]:-$role}\"; groups = [ $groups ]; areas = [ \"all\" ]; }"
		role=state groups='"laender"' comma=,
	done
	echo ');'
}

# Below the ports that the kernel gives to whoever connects.
free_port() {
	local p
	while p=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null; do :; done
	echo "$p"
}

# How the commands that make the federation are run; who wants to show them defines another.
making() { "$@" >/dev/null; }

federation_make() {
	local p
	PATH=$(cd "$1" && pwd)/bin:$PATH; shift
	export PATH NO_COLOR=1 LC_ALL=C.UTF-8
	work=$(mktemp -d "${TMPDIR:-/tmp}/lagebus-test.XXXXXX")
	trap federation_end EXIT
	trap 'exit 130' INT TERM
	cd "$work"
	making lagebus ca init ca --trust-domain lagebus.example
	making lagebus ca issue ca --broker --dns localhost
	federation_file "$@" >federation.conf
	port=$(free_port)
	{ echo "listen = \"127.0.0.1:$port\"; data = \"$work/log\"; federation = \"$work/federation.conf\";"; credentials bund-bsi.broker; } >lagebusd.conf
	for p; do
		mkdir -p "$(dirname "$p")"
		making lagebus ca issue ca --partner "$p"
		{ echo "brokers = ( \"127.0.0.1:$port\" ); data = \"$work/$p.data\"; local = \"ipc://$work/$p/agent.sock\";"; credentials "${p//\//_}.main"; } >"$p.conf"
	done
}

# For a script that measures a broker's memory: AddressSanitizer keeps 256 MiB of what was freed, to find its use, and that is not the broker's.
without_quarantine() { export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=1; }

# start_broker [FAIL_POINT:COUNT] and start_agent PARTNER [FAIL_POINT:COUNT]
start_broker() { LAGEBUS_FAIL=${1:-} lagebusd --config lagebusd.conf 2>>broker.log & pid[broker]=$!; }
start_agent() { LAGEBUS_FAIL=${2:-} lagebus-agent --config "$1.conf" 2>>"$1.log" & pid[$1]=$!; }
# stop NAME [SIGNAL]
stop() { kill -"${2:-TERM}" "${pid[$1]}" 2>/dev/null || true; wait "${pid[$1]}" 2>/dev/null || true; unset "pid[$1]"; }
is_running() { kill -0 "${pid[$1]}" 2>/dev/null; }

as() { local who=$1; shift; LAGEBUS_AGENT=ipc://$work/$who/agent.sock XDG_STATE_HOME=$work/state/$who "$@"; }
fail() { echo "FAILED: $*"; tail -n 8 "$work"/*.log "$work"/*/*.log 2>/dev/null || true; exit 1; }
# until_true WHAT COMMAND...: waits at most twenty seconds, or within_s.
until_true() {
	local what=$1 end=$((SECONDS + ${within_s:-20})); shift
	until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || fail "$what did not happen in time"; sleep 0.02; done
}
is_linked() { as "$1" lagebus status --json | grep -q '"broker": *"127'; }
has_message() { as "$1" lagebus inbox --json --limit 200 | grep -q "$2"; }
# Every id in a partner's inbox, oldest first.
all_ids() {
	local before=0 page
	while page=$(as "$1" lagebus inbox --json --limit 1000 $([ "$before" = 0 ] || echo --before "$before") | jq -r '(.messages? // .)[] | "\(.row) \(.id)"') && [ -n "$page" ]; do
		echo "$page"
		before=$(tail -n 1 <<<"$page" | cut -d' ' -f1)
		[ "$before" -gt 1 ] || break
	done | cut -d' ' -f2 | tac
}
