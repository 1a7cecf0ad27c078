# Kills every process that has LONGLINE_PEER=$1 in its environment once our standard input ends, that is, once whoever
# started us is gone. roslaunch gives its children sessions of their own; the environment is what they all still share.
cat >/dev/null
for round in 1 2; do
  for environ in $(grep -lzx "LONGLINE_PEER=$1" /proc/[0-9]*/environ 2>/dev/null); do
    pid=${environ#/proc/}
    kill -9 "${pid%/environ}" 2>/dev/null
  done
done
exit 0
