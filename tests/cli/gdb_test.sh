#!/usr/bin/env bash
# The gdb that people have, in batch mode, against the real program and a shipped guest.
#
#   gdb_test.sh RINGSIDE GUEST_FOLDER unicorn|kvm
#
# Each check is a line that gdb must print, in this order. Skipped, by name, where a tool or an ability is missing.
set -uo pipefail
ringside=$1
guest=$2/demand-paging.elf
backend=$3
command -v gdb >/dev/null || { echo "SKIPPED: gdb on $backend: gdb is not installed"; exit 77; }
if [ "$backend" = kvm ]; then
  "$ringside" doctor --json | grep -A1 '"name": "single-step at CPL 0"' | grep -q '"present": true' ||
    { echo "SKIPPED: gdb on kvm: this host's KVM cannot step"; exit 77; }
fi

scratch=$(mktemp -d)
engine=
trap 'kill "$engine" 2>/dev/null; rm -rf "$scratch"' EXIT
"$ringside" run "$guest" --backend "$backend" --gdb "$scratch/gdb.sock" >"$scratch/console" 2>"$scratch/err" &
engine=$!
for _ in $(seq 200); do [ -S "$scratch/gdb.sock" ] && break; sleep 0.1; done

cat >"$scratch/script" <<EOF
set pagination off
set confirm off
target remote $scratch/gdb.sock
break page_fault
continue
stepi
echo back over one instruction:\n
reverse-stepi
delete
watch *(unsigned int*)&faults
continue
continue
echo back to the second write:\n
reverse-continue
delete
monitor where
monitor walk 0x40000000
monitor next
continue
echo and from the end:\n
reverse-stepi
continue
continue
EOF
DEBUGINFOD_URLS='' timeout 120 gdb -q -batch -nx -x "$scratch/script" "$guest" >"$scratch/gdb" 2>&1
wait "$engine"
code=$?

expected=(
  'Breakpoint 1, page_fault'
  'back over one instruction:'
  'Breakpoint 1, page_fault'
  'Old value = 0' 'New value = 1'
  'Old value = 1' 'New value = 2'
  'back to the second write:'
  'Old value = 2' 'New value = 1'
  'Behind exit'
  '0x40000000 through 4-level paging'
  'gdb moves and changes the machine'
  'The guest has ended'
  'No more reverse-execution history|Reached end of recorded history' # gdb 13, gdb 16
  'and from the end:'
  'exited normally'
)
line=1
for text in "${expected[@]}"; do
  found=$(tail -n "+$line" "$scratch/gdb" | grep -n -m 1 -E -- "$text" | cut -d: -f1)
  if [ -z "$found" ]; then
    echo "FAILED: gdb should have printed: $text"
    cat "$scratch/gdb" "$scratch/err"
    exit 1
  fi
  echo "ok: $text"
  line=$((line + found - 1))
  case "$text" in 'Old value'*|'New value'*|'Breakpoint 1'*) line=$((line + 1));; esac
done
[ "$code" = 0 ] || { echo "FAILED: the guest's exit code was $code"; exit 1; }
grep -q 'Five frames for eight promised pages' "$scratch/console" || { echo "FAILED: the console is not whole"; exit 1; }
echo "ok: the guest printed everything once, and ended with 0"
