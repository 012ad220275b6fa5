# Runs one server for the lab: sh -c THIS supervise STATE INPUT PROGRAM ARGUMENTS...
# Standard input is a pipe whose other end only the lab's process holds. Its end is the one sign that works even
# when that process is killed outright, and then the server has to go as well.
state=$1
input=$2
shift 2
exec 3<&0 </dev/null
: >"$state.alive"
(
  sh -c 'echo "$$" >"$0.pid"; exec "$@"' "$state" "$@" <"$input"
  echo "$?" >"$state.exit"
) 3<&- &
cat <&3 >/dev/null
trap '' TERM HUP INT
server=$(cat "$state.pid" 2>/dev/null)
if [ -n "$server" ]; then
  kill -TERM "$server" 2>/dev/null
  tries=0
  while [ ! -e "$state.exit" ] && [ "$tries" -lt 60 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  # Postfix makes itself a group of its own, which the group of this shell does not cover.
  kill -KILL -- "-$server" 2>/dev/null
fi
rm -f "$state.alive"
kill -KILL 0
