#!/usr/bin/env bash
# Drives the real window with real keys and a real mouse under Xvfb, and looks at what is drawn.
#
#   window_test.sh RINGSIDE_VIEW MAKE_TRACE
#
# Each check is a sentence; the last line counts them. Skipped, by name, where a tool is missing.
set -uo pipefail
view=$1
make_trace=$2
for tool in Xvfb xdotool import convert; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: the window under Xvfb: $tool is not installed"; exit 77; }
done

scratch=$(mktemp -d)
children=()
trap 'for pid in "${children[@]}"; do kill "$pid" 2>/dev/null; done; rm -rf "$scratch"' EXIT

mkfifo "$scratch/display"
Xvfb -noreset -displayfd 3 -screen 0 1280x800x24 3>"$scratch/display" >/dev/null 2>&1 &
children+=($!)
read -r number <"$scratch/display"
export DISPLAY=:$number LIBGL_ALWAYS_SOFTWARE=1 XDG_CONFIG_HOME=$scratch/config
unset WAYLAND_DISPLAY
# Under AddressSanitizer: OpenGL drivers keep a few blocks, and are unloaded before anybody could say whose they are.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

"$make_trace" "$scratch/story.ring" || { echo "cannot make a trace"; exit 1; }
"$view" "$scratch/story.ring" 2>"$scratch/err" &
viewer=$!
children+=("$viewer")

failed=0
passed=0
check() { # check "sentence" command...
  local sentence=$1
  shift
  if "$@"; then passed=$((passed + 1)); echo "ok: $sentence"; else failed=$((failed + 1)); echo "FAILED: $sentence"; fi
}
# Tries again for up to 40 seconds: a machine that builds and tests may be slow to draw.
await() {
  for _ in $(seq 200); do
    "$@" && return 0
    kill -0 "$viewer" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}

shot() { import -window root "$scratch/$1.png"; }
colours() { convert "$scratch/$1.png" -format '%k' info:; }
is_drawn_now() { shot first && [ "$(colours first)" -gt 100 ]; }
differ() { convert "$scratch/$1.png" "$scratch/$2.png" -compose difference -composite -threshold 0 -format '%[fx:w*h*mean]' info: | cut -d. -f1; }
key() { xdotool key --window "$window" "$@"; }
title() { xdotool getwindowname "$window" 2>/dev/null; }
title_says() { title | grep -q -- "$1"; }
goes_to() { # goes_to "row 2 of" KEY...
  local place=$1
  shift
  key "$@"
  await title_says "$place"
}
differs_by() { shot after && [ "$(differ before after)" -gt "$1" ]; }
changes() { # changes PIXELS KEY...
  local pixels=$1
  shift
  shot before
  key "$@"
  await differs_by "$pixels"
}
clicks() { # clicks X Y "row 8 of"
  xdotool mousemove --window "$window" "$1" "$2"
  sleep 0.3
  xdotool click 1
  await title_says "$3"
}
types_filter() {
  key slash
  sleep 0.5
  xdotool type --delay 60 'kind==halt'
  key Return
}
has_colour() { convert "$scratch/$1.png" -fill black +opaque "$2" -format '%[fx:w*h*mean>0?1:0]' info: | grep -q 1; }
is_alive() { kill -0 "$viewer" 2>/dev/null; }
is_idle() { # at most 50 ms of CPU in two seconds in which nothing happens
  local before after
  sleep 1
  before=$(awk '{print $14 + $15}' "/proc/$viewer/stat")
  sleep 2
  after=$(awk '{print $14 + $15}' "/proc/$viewer/stat")
  [ $((after - before)) -le 5 ]
}
ends() { for _ in $(seq 100); do is_alive || return 0; sleep 0.2; done; return 1; }
ended_well() { wait "$viewer"; }
# What cannot be opened: exit code 65 and one line about it.
is_refused() {
  "$view" "$1" --describe >/dev/null 2>"$scratch/message"
  [ $? -eq 65 ] && [ "$(wc -l <"$scratch/message")" -eq 1 ]
}
draws_without_display() {
  env -u DISPLAY "$view" "$scratch/story.ring" --screenshot "$scratch/shot.png" --size 900x600 &&
    [ "$(convert "$scratch/shot.png" -format '%wx%h' info:)" = 900x600 ] && [ "$(colours shot)" -gt 100 ]
}
writes_svg_alone() { # no display, and no EGL either
  env -u DISPLAY EGL_PLATFORM=none LIBGL_DRIVERS_PATH=/nowhere "$view" "$scratch/story.ring" --export-panel inspector \
    --size 800x400 -o "$scratch/inspector.svg" && grep -q '</svg>' "$scratch/inspector.svg"
}
draws_with_opengl_2() { # by the older renderer, and it looks the same
  MESA_GL_VERSION_OVERRIDE=2.1 "$view" "$scratch/story.ring" 2>>"$scratch/err" &
  viewer=$!
  children+=("$viewer")
  await is_drawn_now && has_colour first '#56b4e9'
  local drawn=$?
  kill "$viewer"
  return $drawn
}
says_no_display() {
  env -u DISPLAY "$view" "$scratch/story.ring" 2>"$scratch/message"
  [ $? -eq 69 ] && grep -q 'no display' "$scratch/message"
}

check "the window draws the trace" await is_drawn_now
window=$(xdotool search --onlyvisible --name 'Ringside' | head -n 1)
check "its title says which trace, which row and that it is a recording" await title_says 'story.ring - row 1 of .* - REPLAY - Ringside'
xdotool windowfocus "$window" 2>/dev/null
check "port I/O has its colour from the Okabe-Ito palette" has_colour first '#56b4e9'
check "Down goes to the second row" goes_to 'row 2 of' Down
check "j goes on to the third" goes_to 'row 3 of' j
check "End goes to the last row" goes_to 'row \([0-9]*\) of \1 ' End
check "Home goes back to the first" goes_to 'row 1 of' Home
check "a click on a row goes there" clicks 200 316 'row [5-9] of'
check "question mark opens the help, which covers much of the window" changes 20000 question
check "Escape closes it again" changes 20000 Escape
check "a filter typed behind a slash is taken as text" types_filter
check "and Down then goes to the first halt" goes_to 'row [0-9][0-9]* of' Down
check "F6 moves the focus ring" changes 200 F6
check "Control and plus make the text larger" changes 20000 ctrl+plus
key ctrl+1
check "Control and 1 set a bookmark, kept beside the trace" await grep -qs '"key": 1' "$scratch/story.ring.notes.json"
key Home
check "and 1 goes back to it from the first row" goes_to 'row [0-9][0-9]* of' 1
check "how large the text is, is kept for this person" await grep -qs '"scale": 110' "$scratch/config/ringside/view.json"
check "the window draws nothing while nothing changes" is_idle
check "it is still alive" is_alive
key ctrl+q
check "Ctrl+Q ends it" ends
check "and it ends with exit code 0" ended_well
check "a screenshot needs no display" draws_without_display
check "a panel is written as SVG without any renderer" writes_svg_alone
check "without a display the window says so" says_no_display
check "without OpenGL 3 the window is drawn with OpenGL 2" draws_with_opengl_2
printf 'no trace at all' >"$scratch/foreign.ring"
: >"$scratch/empty.ring"
head -c 40 "$scratch/story.ring" >"$scratch/short.ring"
for name in foreign empty short missing; do
  check "what is $name is refused in one line" is_refused "$scratch/$name.ring"
done
[ -s "$scratch/err" ] && sed 's/^/stderr: /' "$scratch/err"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
