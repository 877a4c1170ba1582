# Ends the processes of an npm start that was itself killed: whoever holds the other end of standard input is gone when it closes.
# Lines: "add PID", "gone PID", "end". Each PID leads a process group.
trap '' INT TERM HUP
pids=

forget() {
  left=
  for one in $pids; do [ "$one" = "$1" ] || left="$left $one"; done
  pids=$left
}

while read -r word pid; do
  case $word in
    add) pids="$pids $pid" ;;
    gone) forget "$pid" ;;
    end) exit 0 ;;
  esac
done

for pid in $pids; do kill -s TERM -- "-$pid"; done
for second in 1 2 3 4 5 6 7 8 9 10; do
  for pid in $pids; do kill -s 0 -- "-$pid" || forget "$pid"; done
  [ -n "$pids" ] || exit 0
  sleep 1
done
for pid in $pids; do kill -s KILL -- "-$pid"; done
