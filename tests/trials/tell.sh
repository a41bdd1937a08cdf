# For scripts that try a row of the tables themselves: tell ROW OUTCOME TRIALS TEST [WHY], as tests/trials.rs does.
# Sourced; without SAHELWATCH_TRIALS nobody asks.
tell() {
    [ -z "${SAHELWATCH_TRIALS:-}" ] || printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "${5:-}" >>"$SAHELWATCH_TRIALS"
}
