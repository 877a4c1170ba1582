# Ends the processes of an npm start that was itself killed: whoever holds the other end of standard input is gone when it closes.
# Lines: "add PID", "gone PID", "end". Each PID leads a process group.
trap '' INT TERM HUP
pids=
while read -r word pid; do
  case $word in
    add) pids="$pids $pid" ;;
    gone)
      left=
      for one in $pids; do [ "$one" = "$pid" ] || left="$left $one"; done
      pids=$left
      ;;
    end) exit 0 ;;
  esac
done
for pid in $pids; do kill -s TERM -- "-$pid"; done
sleep 10
for pid in $pids; do kill -s KILL -- "-$pid"; done
