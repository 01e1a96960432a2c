#!/usr/bin/env python3
"""Runs Wisp and its peers interleaved in one run and prints ratios.

usage: bench/compare.py [startup] [compile] [run] [python] [calls] [io] [--wasmtime PATH] [--rounds N] ...

  startup  hello from its bytes, whole process: CPU time, wall time, peak memory
  compile  code section bytes a second, one thread, validation included, nothing cached; V8's Liftoff in the same run
  run      CPU time of the programs of the shared benchmark folder, without the runtime's fixed cost
  python   CPython from its bytes, wall time
  calls    what single calls cost between guest and host, seen from inside; the guests are in bench/guests
  io       messages on many connections, many files, much data; plain C programs in the same run: compare_io.py

Peers: wasmtime (Cranelift and Winch from bytes, and compiled ahead) and node for Liftoff; a peer that is missing is said to
be missing. Times are of whole processes by wait4; runs alternate, so that what else the machine does hits all alike;
figures are medians. Outputs and exit codes of all runtimes must agree.
"""
import argparse
import ctypes
import json
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import compare_io

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Run:
    """One execution of a command: CPU and wall time in milliseconds, output and exit status."""

    def __init__(self, command, folder, stdin=None):
        with tempfile.TemporaryFile() as out, open(stdin or os.devnull, 'rb') as source:
            start = time.perf_counter()
            process = subprocess.Popen(command, cwd=folder, stdin=source, stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = (time.perf_counter() - start) * 1000
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.cpu = (usage.ru_utime + usage.ru_stime) * 1000
            out.seek(0)
            self.output = out.read()


def interleave(commands, folder, rounds, stdin=None):
    """{name: command} -> {name: [Run]}, one of each in turn; checks that all print the same."""
    runs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(Run(command, folder, stdin))
    first = next(iter(runs.values()))[0]
    for name, list_of_runs in runs.items():
        for run in list_of_runs:
            if (run.output, run.status) != (first.output, first.status):
                print(f'  !! {name}: output or status {run.status} differs from {next(iter(runs))} ({first.status})')
                break
    return runs


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def peak_memory_kib(command, folder):
    """VmHWM at exit, by ptrace: ru_maxrss would include what the parent held before exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    trace_me, get_option_exit, cont, set_options = 0, 0x40, 7, 0x4200
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        libc.ptrace(trace_me, 0, None, None)
        os.execv(command[0], command)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    os.waitpid(child, 0)
    libc.ptrace(set_options, child, None, get_option_exit)
    libc.ptrace(cont, child, None, None)
    peak = 0
    while True:
        _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status):
            return peak
        if status >> 8 == (signal.SIGTRAP | (6 << 8)):  # PTRACE_EVENT_EXIT
            with open(f'/proc/{child}/status') as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith('VmHWM'))
            libc.ptrace(cont, child, None, None)
        else:
            number = os.WSTOPSIG(status)
            libc.ptrace(cont, child, None, None if number == signal.SIGTRAP else number)


def leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def sections(data):
    at = 8
    while at < len(data):
        identifier = data[at]
        size, at = leb(data, at + 1)
        yield identifier, data[at:at + size]
        at += size


def core_modules(data):
    """The core modules of a file: itself, or those of a component and of the components in it."""
    if data[4:8] == b'\x01\0\0\0':
        return [data]
    found = []
    for identifier, content in sections(data):
        if identifier == 1:
            found.append(content)
        elif identifier == 4:
            found += core_modules(content)
    return found


def code_bytes(module):
    return sum(len(content) for identifier, content in sections(module) if identifier == 10)


LIFTOFF = '''
const fs = require('fs');
let total = 0;
for (const file of process.argv.slice(1)) {
  const bytes = fs.readFileSync(file);
  // A fresh custom section each time: node caches modules by their bytes.
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const salt = Buffer.from([0, 6, 1, 0x78, 0, 0, 0, i]);
    salt.writeUInt32LE((process.pid * 16 + i) >>> 0, 4);
    const fresh = Buffer.concat([bytes, salt]);
    const start = process.cpuUsage();
    new WebAssembly.Module(fresh);
    const used = process.cpuUsage(start);
    best = Math.min(best, used.user + used.system);
  }
  total += best;
}
console.log(total / 1000);
'''


# Guests that print lines `name value unit`, options of the program for them, and their arguments.
CALL_GUESTS = [('wasi_calls.wasm', [], ['--only', '']), ('fused.wasm', [], []), ('preview1_calls.wasm', ['--dir', '.'], [])]
# Cases of component_calls_bench: the goal in nanoseconds, and what it is.
NATIVE_CALLS = {
    'clock_gettime': (None, 'clock_gettime'),
    'random_64k': (None, 'generating 64 KiB'),
    'host_to_guest': (20, 'host to guest, typed'),
    'host_to_guest_dynamic': (None, 'host to guest, dynamic'),
}
# What a call may take: nanoseconds, beyond what a native case takes (by name), or '5x': that many times
# faster than wasmtime, at least.
CALL_GOALS = {
    'resolution': 10, 'now': (15, 'clock_gettime'), 'check-write': 15, 'ready': 15, 'poll-1': 40, 'poll-100': 600,
    'get-random-bytes-16': 60, 'get-random-bytes-64k': (2000, 'random_64k'), 'subscribe-drop': 60,
    'scalar': 3, 'list-u8': '15x',
}
for language in ['', '-french', '-chinese']:
    CALL_GOALS['utf8-to-utf8' + language] = '1x'
    for conversion in ['utf8-to-utf16', 'utf8-to-latin1', 'utf16-to-utf8', 'utf16-to-latin1', 'latin1-to-utf8',
                       'latin1-to-utf16']:
        CALL_GOALS[conversion + language] = '5x'


def goal_of(call, value, ratio, native):
    goal = CALL_GOALS.get(call)
    if goal is None:
        return ''
    if isinstance(goal, str):
        return f'  goal {goal}' + ('' if ratio is None or ratio >= float(goal.rstrip('x')) else '  MISSED')
    if isinstance(goal, tuple):
        goal = goal[0] + native[goal[1]]
    return f'  goal {goal:.0f}' + ('' if value <= goal else '  MISSED')


class Compare:
    def __init__(self, options):
        self.options = options
        self.wisp = os.path.join(options.build, 'wisp')
        self.bench = os.path.join(options.shared, 'bench')
        self.scratch = tempfile.mkdtemp(prefix='wisp-compare-')

    def precompiled(self, file):
        target = os.path.join(self.scratch, os.path.basename(file) + '.cwasm')
        if not os.path.exists(target):
            subprocess.run([self.options.wasmtime, 'compile', file, '-o', target], check=True)
        return target

    def runtimes(self, file, arguments=(), compiled_only=False):
        result = {'wisp': [self.wisp, 'run', *arguments, file]}
        if self.options.wasmtime:
            wasmtime = [self.options.wasmtime, 'run']
            result['wasmtime aot'] = [*wasmtime, '--allow-precompiled', *arguments, self.precompiled(file)]
            if not compiled_only:
                result['winch'] = [*wasmtime, '-C', 'cache=n', '-C', 'compiler=winch', *arguments, file]
                result['cranelift'] = [*wasmtime, '-C', 'cache=n', *arguments, file]
        return result

    def startup(self):
        hello = os.path.join(ROOT, 'examples', 'hello.wasm')
        runs = interleave(self.runtimes(hello), self.scratch, self.options.rounds * 5)
        wisp = median(runs['wisp'], 'cpu')
        print(f'hello, from its bytes ({os.path.getsize(hello)} bytes), medians of {self.options.rounds * 5}')
        for name, command in self.runtimes(hello).items():
            cpu, wall = median(runs[name], 'cpu'), median(runs[name], 'wall')
            peak = peak_memory_kib(command, self.scratch)
            print(f'  {name:13} cpu {cpu:7.2f} ms  wall {wall:7.2f} ms  peak {peak / 1024:6.1f} MiB  '
                  f'wisp/{name} {wisp / cpu:5.3f}')

    def compile(self):
        print('compile speed, MB of code section a second of CPU time, one thread')
        files = [os.path.join(self.bench, name, name + '.p1.wasm') for name in ('sqlite3', 'tinygo-json', 'regex')]
        files += [os.path.join(self.options.shared, 'guests', name) for name in ('python.wasm', 'esbuild.p1.wasm')]
        node = self.options.node
        for file in files:
            with open(file, 'rb') as source:
                modules = core_modules(source.read())
            paths = []
            for index, module in enumerate(modules):
                paths.append(os.path.join(self.scratch, f'{os.path.basename(file)}.{index}'))
                with open(paths[-1], 'wb') as target:
                    target.write(module)
            size = sum(map(code_bytes, modules)) / 1e6
            line = f'  {os.path.basename(file):18} {size:6.2f} MB'
            wisp = subprocess.run([os.path.join(self.options.build, 'bench', 'compile_bench'), '--benchmark_filter=^compile$',
                                   '--benchmark_format=json', *paths], capture_output=True, check=True)
            figures = json.loads(wisp.stdout)['benchmarks'][0]
            speed = figures['bytes_per_second'] / 1e6
            line += f'  wisp {speed:6.1f} MB/s, {figures["code_bytes_per_wasm_byte"]:4.2f} bytes/byte'
            if node:
                flags = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-lazy-compilation', '--single-threaded']
                answer = subprocess.run([node, *flags, '-e', LIFTOFF, *paths], capture_output=True, text=True)
                if answer.returncode == 0:
                    liftoff = size / (float(answer.stdout) / 1000)
                    line += f'  liftoff {liftoff:6.1f} MB/s  wisp/liftoff {speed / liftoff:5.2f}x'
                else:
                    line += '  liftoff failed'
            print(line)

    def programs(self):
        for name in sorted(os.listdir(self.bench)):
            file = os.path.join(self.bench, name, name + '.wasm')
            if name != 'noop' and os.path.exists(file):
                yield name, file

    def run(self):
        noop = os.path.join(self.bench, 'noop', 'noop.wasm')
        fixed = interleave(self.runtimes(noop, ['--dir', '.'], True), self.scratch, self.options.rounds * 3)
        fixed = {name: median(runs, 'cpu') for name, runs in fixed.items()}
        print('run time, CPU milliseconds without the cost of a program that does nothing')
        ratios = []
        for name, file in self.programs():
            commands = self.runtimes(file, ['--dir', '.'], True)
            runs = interleave(commands, os.path.dirname(file), self.options.rounds)
            times = {key: max(median(value, 'cpu') - fixed[key], 0.01) for key, value in runs.items()}
            line = f'  {name:15}' + ''.join(f'  {key} {value:8.1f}' for key, value in times.items())
            if 'wasmtime aot' in times:
                ratio = times['wisp'] / times['wasmtime aot']
                line += f'  ratio {ratio:5.2f}'
                if times['wasmtime aot'] >= 50:
                    ratios.append(ratio)
                    line += ' *'
            print(line, flush=True)
        if ratios:
            mean = math.exp(statistics.mean(map(math.log, ratios)))
            print(f'  geometric mean of those over 50 ms (*): {mean:.3f}x of wasmtime compiled ahead')

    def native_bench(self, name, figures):
        """The smallest figures of a Google Benchmark program, in nanoseconds: `figures` by the names of its cases."""
        program = os.path.join(self.options.build, 'bench', name)
        wanted = '|'.join(f'^{case}$' for case in figures)
        # Short and many, like the rounds of the guests: some are not interrupted.
        answer = subprocess.run([program, f'--benchmark_filter={wanted}', '--benchmark_min_time=0.002', '--benchmark_format=json',
                                 f'--benchmark_repetitions={50 * self.options.rounds}'], capture_output=True, check=True)
        found = {}
        for case in json.loads(answer.stdout)['benchmarks']:
            if case.get('run_type') == 'iteration':
                found[case['run_name']] = min(case['cpu_time'], found.get(case['run_name'], math.inf))
        return found

    def calls(self):
        print(f'calls, as a guest sees them; the best of {self.options.rounds} interleaved runs, each the best of many rounds')
        native = self.native_bench('component_calls_bench', NATIVE_CALLS)
        runtimes = {'wisp': [self.wisp, 'run']}
        if self.options.wasmtime:
            runtimes['wasmtime'] = [self.options.wasmtime, 'run']
        for guest, options, arguments in CALL_GUESTS:
            file = os.path.join(ROOT, 'bench', 'guests', guest)
            best = {name: {} for name in runtimes}
            for _ in range(self.options.rounds):
                for name, command in runtimes.items():
                    answer = subprocess.run([*command, *options, file, *arguments], capture_output=True, check=True, text=True,
                                            cwd=self.scratch)
                    for line in answer.stdout.splitlines():
                        call, value, unit = line.split()
                        figures = best[name].setdefault(call, [float(value), unit])
                        figures[0] = (min if unit == 'ns' else max)(figures[0], float(value))
            for call, (wisp, unit) in best['wisp'].items():
                line = f'  {call:24} wisp {wisp:10.1f} {unit}'
                ratio = None
                if 'wasmtime' in best:
                    other = best['wasmtime'][call][0]
                    ratio = other / wisp if unit == 'ns' else wisp / other
                    line += f'  wasmtime {other:10.1f}  {ratio:7.1f}x'
                print(line + goal_of(call, wisp, ratio, native))
        for case, (goal, what) in NATIVE_CALLS.items():
            verdict = '' if goal is None else f'  goal {goal}' + ('' if native[case] <= goal else '  MISSED')
            print(f'  {what:24} wisp {native[case]:10.1f} ns{verdict}')

    def io(self):
        compare_io.InputOutput(self.options, ROOT, self.wisp).run()

    def python(self):
        file = os.path.join(self.options.shared, 'guests', 'python.wasm')
        runs = interleave(self.runtimes(file), self.scratch, self.options.rounds)
        wisp = median(runs['wisp'], 'wall')
        print('CPython from its bytes')
        for name, list_of_runs in runs.items():
            wall = median(list_of_runs, 'wall')
            print(f'  {name:13} wall {wall:8.1f} ms  cpu {median(list_of_runs, "cpu"):8.1f} ms  wisp/{name} {wisp / wall:5.3f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    subjects = ['startup', 'compile', 'run', 'python', 'calls', 'io']
    parser.add_argument('subjects', nargs='*', metavar='SUBJECT', help='which comparisons (default: all)')
    parser.add_argument('--wasmtime', default=shutil.which('wasmtime'), help='the wasmtime program')
    parser.add_argument('--node', default=shutil.which('node'), help='the node program')
    parser.add_argument('--build', default=os.path.join(ROOT, 'build', 'release'), help='the build folder')
    parser.add_argument('--shared', default=os.path.join(ROOT, '..', 'shared'), help='benchmark programs and guests')
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    unknown = set(options.subjects) - set(subjects)
    if unknown:
        parser.error(f'unknown subject {", ".join(sorted(unknown))}; there are {", ".join(subjects)}')
    options.shared = os.path.abspath(options.shared)
    for peer in ('wasmtime', 'node'):
        if not getattr(options, peer):
            print(f'{peer} is missing: its columns are left out (--{peer} PATH)', file=sys.stderr)
    compare = Compare(options)
    try:
        for subject in options.subjects or subjects:
            getattr(compare, subject)()
    finally:
        shutil.rmtree(compare.scratch)


if __name__ == '__main__':
    main()
