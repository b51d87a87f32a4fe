#!/usr/bin/env bash
# Drives the real window with real keys under Xvfb and looks at what is drawn.
#
#   window_test.sh RINGSIDE_VIEW MAKE_TRACE
#
# Each check is a sentence; the last line counts them. Skipped, by name, where a tool is missing.
set -uo pipefail
view=$1
make_trace=$2
for tool in Xvfb xdotool import convert; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: the window under Xvfb: $tool is not installed"; exit 0; }
done

scratch=$(mktemp -d)
children=()
trap 'for pid in "${children[@]}"; do kill "$pid" 2>/dev/null; done; rm -rf "$scratch"' EXIT

mkfifo "$scratch/display"
Xvfb -displayfd 3 -screen 0 1280x800x24 3>"$scratch/display" >/dev/null 2>&1 &
children+=($!)
read -r number <"$scratch/display"
export DISPLAY=:$number LIBGL_ALWAYS_SOFTWARE=1

"$make_trace" "$scratch/story.ring" || { echo "cannot make a trace"; exit 1; }
"$view" "$scratch/story.ring" 2>"$scratch/err" &
children+=($!)
viewer=${children[1]}

failed=0
passed=0
check() { # check "sentence" command...
  local sentence=$1
  shift
  if "$@"; then passed=$((passed + 1)); echo "ok: $sentence"; else failed=$((failed + 1)); echo "FAILED: $sentence"; fi
}
# The picture is there when it has more than a handful of colours; waits for it at most ten seconds.
shot() { import -window root "$scratch/$1.png"; }
colours() { convert "$scratch/$1.png" -format '%k' info:; }
is_drawn() {
  for _ in $(seq 50); do
    shot first
    [ "$(colours first)" -gt 100 ] && return 0
    sleep 0.2
  done
  return 1
}
# Pixels that differ between two pictures.
differ() { convert "$scratch/$1.png" "$scratch/$2.png" -compose difference -composite -threshold 0 -format '%[fx:w*h*mean]' info: | cut -d. -f1; }
press() { xdotool key --window "$window" "$1"; sleep 0.7; }
changes() { shot before; press "$1"; shot after; [ "$(differ before after)" -gt "${2:-500}" ]; }
has_colour() { convert "$scratch/$1.png" -fill black +opaque "$2" -format '%[fx:w*h*mean>0?1:0]' info: | grep -q 1; }
is_named() { xdotool getwindowname "$window" | grep -qi ringside; }
is_alive() { kill -0 "$viewer" 2>/dev/null; }
is_idle() { # less than 30 ms of CPU in two seconds in which nothing happens
  local before after
  sleep 1
  before=$(awk '{print $14 + $15}' "/proc/$viewer/stat")
  sleep 2
  after=$(awk '{print $14 + $15}' "/proc/$viewer/stat")
  [ $((after - before)) -le 3 ]
}
ends() { for _ in $(seq 50); do is_alive || return 0; sleep 0.2; done; return 1; }

check "the window draws the trace" is_drawn
window=$(xdotool search --onlyvisible --name '[Rr]ingside' | head -n 1)
check "its title says what it is" is_named
xdotool windowfocus "$window" 2>/dev/null
check "port I/O has its colour from the Okabe-Ito palette" has_colour first '#56b4e9'
check "End goes to the last exit" changes End
check "Home goes back to the first" changes Home
check "j goes to the next exit" changes j
check "question mark opens the help, which covers much of the window" changes question 20000
check "Escape closes it again" changes Escape 20000
check "the window draws nothing while nothing changes" is_idle
check "it is still alive" is_alive
press ctrl+q
check "Ctrl+Q ends it" ends
[ -s "$scratch/err" ] && sed 's/^/stderr: /' "$scratch/err"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
