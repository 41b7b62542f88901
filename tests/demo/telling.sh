# How a demonstration tells its story: headings, and commands with what they say. After kit/federation.sh; `colour` is the caller's NO_COLOR.
# A terminal gets tables and colour by itself.
table=--table bold= dim= plain=
if [ -t 1 ]; then
	table=
	[ -n "$colour" ] || bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

step=0
heading() { step=$((step + 1)); printf '\n%s%d. %s%s\n' "$bold" "$step" "$1" "$plain"; }
# prompt WHO WORD...: a command as it is typed.
prompt() {
	local who=$1 word line=
	shift
	for word; do case $word in *[[:space:]*]*) line+=" '$word'" ;; *) line+=" $word" ;; esac; done
	printf '\n%s%s$%s%s\n' "$dim" "$who" "$plain" "$line"
}
# shown PARTNER COMMAND...: what somebody there does.
shown() { prompt "[$1] " "${@:2}"; as "$@" $table 2>&1; }
# Whoever looks on sees how the first of each kind is made.
making() {
	case $* in
	*--partner*) [[ $* == *bund-bsi* ]] && { prompt "" "$@"; "$@" $table; } || "$@" >/dev/null ;;
	*) prompt "" "$@"; "$@" $table ;;
	esac
}
