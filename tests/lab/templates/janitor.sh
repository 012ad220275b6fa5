# Removes the lab's folder once the lab's process is gone and every server has ended: sh -c THIS janitor FOLDER
cat >/dev/null
trap '' TERM HUP INT
tries=0
while [ -n "$(ls "$1"/run/*.alive 2>/dev/null)" ] && [ "$tries" -lt 100 ]; do
  sleep 0.05
  tries=$((tries + 1))
done
tries=0
while ! rm -rf -- "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do
  sleep 0.05
  tries=$((tries + 1))
done
