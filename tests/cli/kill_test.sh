#!/usr/bin/env bash
# Kills the window and the engine while the one shows the other, at several moments, and looks at who is left.
#
#   kill_test.sh RINGSIDE RINGSIDE_VIEW
#
# Each check is a sentence; the last line counts them. Skipped, by name, where a tool is missing.
set -uo pipefail
ringside=$1
view=$2
for tool in Xvfb xdotool; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: killing window and engine: $tool is not installed"; exit 77; }
done

scratch=$(mktemp -d)
children=()
trap 'for pid in "${children[@]}"; do kill -9 "$pid" 2>/dev/null; done; rm -rf "$scratch"' EXIT

# Without -noreset the server starts anew when its last client goes, under the feet of the next one.
mkfifo "$scratch/display"
Xvfb -noreset -displayfd 3 -screen 0 800x600x24 3>"$scratch/display" >/dev/null 2>&1 &
children+=($!)
read -r number <"$scratch/display"
export DISPLAY=:$number LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY
# Under AddressSanitizer: OpenGL drivers keep a few blocks, and are unloaded before anybody could say whose they are.
without_leaks=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

failed=0
passed=0
check() { # check "sentence" command...
  local sentence=$1
  shift
  if "$@"; then passed=$((passed + 1)); echo "ok: $sentence"; else failed=$((failed + 1)); echo "FAILED: $sentence"; fi
}
await() { # for up to 40 seconds: a machine that builds and tests may be slow
  for _ in $(seq 200); do
    "$@" && return 0
    sleep 0.2
  done
  return 1
}
alive() { kill -0 "$1" 2>/dev/null; }
dead() { ! alive "$1"; }
asked_to_close() { # without a window manager a key may come before the focus
  xdotool search --pid "$window" --name . windowfocus key --clearmodifiers ctrl+q 2>/dev/null
  sleep 0.3
  dead "$window"
}

# mov cx, -1; loop; in al, 0x60; jmp back: an exit about every millisecond, for ever.
printf '\xb9\xff\xff\xe2\xfe\xe4\x60\xeb\xf7' >"$scratch/chatter.bin"

engine=
start_engine() { # start_engine NAME: live and recorded, until it is ended; what draws comes first
  nice -n 19 "$ringside" run "$scratch/chatter.bin" --backend unicorn --quiet --live --socket "$scratch/$1.sock" \
    --trace "$scratch/$1.ring" >/dev/null 2>"$scratch/$1.err" &
  engine=$!
  children+=("$engine")
  await test -S "$scratch/$1.sock"
}
window=
open_window() {
  ASAN_OPTIONS=$without_leaks "$view" --attach "$scratch/$1.sock" 2>"$scratch/view.err" &
  window=$!
  children+=("$window")
}
# A window that a bare X server shows nobody, or closes by a late key, is opened again.
open_shown() {
  for _ in 1 2 3; do
    open_window "$1"
    await has_window_or_died
    has_window && return 0
    kill -9 "$window" 2>/dev/null
  done
  return 1
}
has_window_or_died() { has_window || dead "$window"; }
has_window() { xdotool search --pid "$window" --name . >/dev/null 2>&1; }
grows() { local before; before=$(stat -c %s "$1"); await larger "$1" "$before"; }
larger() { [ "$(stat -c %s "$1")" -gt "$2" ]; }
opens() { "$ringside" trace summary "$1" >"$scratch/summary" 2>/dev/null && grep -q "port-in" "$scratch/summary"; }
whole() { "$ringside" trace show --last 1 "$1" 2>&1 | grep -q machine-stopped; }

start_engine watched
for moment in 0.02 0.1 0.3 0.7 1.5; do
  open_window watched
  sleep "$moment"
  kill -9 "$window"
  wait "$window" 2>/dev/null
  check "the engine goes on when its window is killed after $moment s" alive "$engine"
done
check "and goes on recording" grows "$scratch/watched.ring"
check "a new window opens on it" open_shown watched
kill -9 "$window"
kill -TERM "$engine"
wait "$engine"
check "it then ends as asked" test $? = 75
check "and its trace is whole" whole "$scratch/watched.ring"

for moment in 0.05 0.4 1.2; do
  start_engine "killed-$moment"
  open_shown "killed-$moment"
  sleep "$moment"
  kill -9 "$engine"
  wait "$engine" 2>/dev/null
  sleep 0.5
  check "the window stays when the engine is killed after $moment s" alive "$window"
  check "the trace opens, as far as it was written" opens "$scratch/killed-$moment.ring"
  check "and the window closes when asked" await asked_to_close
  dead "$window" || kill -9 "$window"
  wait "$window"
  check "with nothing to complain about" test $? = 0
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] || { cat "$scratch"/*.err; exit 1; }
