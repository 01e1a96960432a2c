"""The part of compare.py about input and output: connections, files and pipes.

Servers, guests and plain programs do the same with the same load, in turn. Of a server counts what it uses of the processor
for a message, which does not depend on what else the machine does; messages a second are printed beside it.
"""
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time


class Server:
    """A process that prints its port."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        self.port = int(line) if line.strip() else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class InputOutput:
    # The loads of the echo servers: connections, how many of them are active, bytes of a message.
    LOADS = {'10 idle': (11, 1, 32), '10,000 idle': (10001, 1, 32), '1,000 busy': (1000, 1000, 1024)}

    def __init__(self, options, root, wisp):
        self.options = options
        self.wisp = wisp
        self.guests = os.path.join(root, 'bench', 'guests')
        self.programs = os.path.join(options.build, 'bench')

    def guest(self, name, *arguments, backend='auto', flags=()):
        file = os.path.join(self.guests, name)
        commands = {'wisp': [self.wisp, 'run', f'--io={backend}', *flags, file, *arguments]}
        if self.options.wasmtime:
            commands['wasmtime'] = [self.options.wasmtime, 'run', *flags, file, *arguments]
        return commands

    # --- Connections

    def servers(self):
        flags = ['-S', 'inherit-network']
        result = {name: [os.path.join(self.programs, program)]
                  for name, program in (('C, epoll', 'echo_epoll'), ('C, io_uring', 'echo_uring'))}
        for backend, name in (('epoll', 'Wisp, epoll'), ('uring', 'Wisp, io_uring')):
            result[name] = self.guest('echo_server.wasm', backend=backend, flags=flags)['wisp']
        if self.options.wasmtime:
            result['wasmtime'] = self.guest('echo_server.wasm', flags=flags)['wasmtime']
        return result

    def load(self, command, load, seconds):
        connections, active, size = self.LOADS[load]
        with Server(command) as server:
            if server.port is None:
                return None
            command = [os.path.join(self.programs, 'echo_load'), str(server.port), str(server.process.pid),
                       str(connections), str(active), str(size), str(seconds)]
            try:
                answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
            except subprocess.TimeoutExpired:
                return None
            if answer.returncode != 0:
                print('  !! ' + answer.stderr.strip())
                return None
            return json.loads(answer.stdout)

    def echo(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        figures = {name: {load: [] for load in self.LOADS} for name in self.servers()}
        for _ in range(self.options.rounds):
            for load in self.LOADS:
                for name, command in self.servers().items():
                    if None not in figures[name][load]:
                        figures[name][load].append(self.load(command, load, seconds=1.5))
        print(f'echo server with one thread on the loopback, medians of {self.options.rounds} interleaved runs')
        costs, rates = {}, {}
        for name, loads in figures.items():
            line = f'  {name:15}'
            for load, runs in loads.items():
                runs = [run for run in runs if run]
                if not runs:
                    line += f'  {load}: no answer within a minute'
                    continue
                cost = statistics.median(run['server_cpu_seconds'] / max(run['messages'], 1) * 1e6 for run in runs)
                rate = statistics.median(run['messages'] / run['seconds'] for run in runs)
                costs[name, load], rates[name, load] = cost, rate
                line += f'  {load}: {cost:8.2f} us of CPU a message, {rate:8.0f}/s'
                if load == '10,000 idle':
                    memory = statistics.median((run['resident_after_kib'] - run['resident_before_kib']) * 1024 /
                                               run['connections'] for run in runs)
                    line += f', {memory:.0f} bytes a connection'
                if load == '1,000 busy':
                    share = statistics.median(run['load_cpu_seconds'] / run['seconds'] for run in runs)
                    line += f' (load {share:.0%} of a core)'
            print(line)
        self.print_ratios(costs, rates)

    def print_ratios(self, costs, rates):
        few, many, busy = self.LOADS
        for name in figures_of(costs):
            if name.startswith('Wisp') and (name, few) in costs and (name, many) in costs:
                print(f'  {name}: a message with 10,000 idle connections costs {costs[name, many] / costs[name, few]:.2f} of one '
                      'with 10 (goal 1.25)')
        for name in figures_of(costs):
            if not name.startswith('Wisp') or (name, busy) not in costs:
                continue
            plain = 'C, ' + name.split(', ')[1]
            for other, goal in ((plain, 0.6), ('wasmtime', 2.0)):
                if (other, busy) in costs:
                    print(f'  {name}: {rates[name, busy] / rates[other, busy]:.2f} of the messages a second of {other} '
                          f'(goal {goal}), {costs[other, busy] / costs[name, busy]:.2f} by CPU time')

    # --- Files and pipes

    # As a component with the adapter of preview 1, and as the module of preview 1 that is in it.
    FORMS = {'component': 'file_work.wasm', 'module': 'file_work.p1.wasm'}

    def many_files(self, folder):
        # Listing so many takes wasmtime minutes in a module of preview 1.
        for form, count in (('component', 100000), ('module', 20000)):
            native = [os.path.join(self.programs, 'file_work'), 'many', folder, str(count)]
            commands = {'native': native, **self.guest(self.FORMS[form], 'many', '/work', str(count),
                                                       flags=['--dir', folder + '::/work'])}
            self.print_times(f'{count} files created, stat\'ed, read, listed and removed on tmpfs, {form}', self.time(commands),
                             {'native': ('at most', 1.2), 'wasmtime': ('at least', 3)})

    def bulk(self, folder):
        mib = 1024
        file = os.path.join(folder, 'bulk')
        program = os.path.join(self.programs, 'file_work')
        for what, arguments in (('write', [str(mib)]), ('read', [])):
            for form, guest in self.FORMS.items():
                commands = {'native': [program, what, file, *arguments],
                            **self.guest(guest, what, '/work/bulk', *arguments, flags=['--dir', folder + '::/work'])}
                self.print_times(f'{what} a file of {mib} MiB on tmpfs, {form}', self.time(commands),
                                 {'native': ('at most', 1.25)})
        os.remove(file)

    def pipes(self, _):
        mib = 1024
        native = [os.path.join(self.programs, 'file_work'), 'cat']
        for what, commands in (('cat of a component', self.guest(self.FORMS['component'], 'cat')),
                               ('cat of a module', self.guest(self.FORMS['module'], 'cat')),
                               ('blocking-splice', self.guest('splice.wasm'))):
            self.print_times(f'{mib} MiB through a pipe, {what}, and another pipe',
                             self.time({'native': native, **commands}, piped_mib=mib), {'native': ('at most', 1.25)})

    def time(self, commands, piped_mib=None):
        """{name: ([wall seconds], [CPU seconds])}, one of each in turn."""
        times = {name: ([], []) for name in commands}
        outputs = set()
        for _ in range(self.options.rounds):
            for name, command in commands.items():
                wall, cpu, output = self.time_once(command, piped_mib)
                times[name][0].append(wall)
                times[name][1].append(cpu)
                outputs.add(output)
        if len(outputs) != 1:
            print(f'  !! outputs differ: {outputs}')
        return times

    def time_once(self, command, piped_mib):
        if piped_mib is None:
            begin = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.PIPE)
            output = process.stdout.read()
        else:
            source = subprocess.Popen(['head', '-c', str(piped_mib << 20), '/dev/zero'], stdout=subprocess.PIPE)
            begin = time.perf_counter()
            process = subprocess.Popen(command, stdin=source.stdout, stdout=subprocess.PIPE)
            sink = subprocess.Popen(['wc', '-c'], stdin=process.stdout, stdout=subprocess.PIPE)
            source.stdout.close()
            process.stdout.close()
            output = sink.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if piped_mib is not None:
            source.wait()
            sink.wait()
        return wall, usage.ru_utime + usage.ru_stime, (output, process.returncode)

    def print_times(self, what, times, goals):
        print(f'{what}, medians of {self.options.rounds}')
        wisp_wall, wisp_cpu = map(statistics.median, times['wisp'])
        for name, (walls, cpus) in times.items():
            wall, cpu = statistics.median(walls), statistics.median(cpus)
            line = f'  {name:10} wall {wall:7.3f} s  cpu {cpu:7.3f} s'
            if name != 'wisp':
                line += f'  wisp takes {wisp_wall / wall:5.2f} of its wall time, {wisp_cpu / cpu:5.2f} of its CPU time'
            if name in goals:
                kind, goal = goals[name]
                line += f' (goal: {goal})' if kind == 'at most' else f' (goal: {1 / goal:.2f})'
            print(line)

    def run(self):
        self.echo()
        folder = tempfile.mkdtemp(prefix='wisp-compare-', dir='/dev/shm')
        try:
            for part in (self.many_files, self.bulk, self.pipes):
                part(folder)
        finally:
            shutil.rmtree(folder)


def figures_of(costs):
    """The names of the servers, each once, in their order."""
    return dict.fromkeys(name for name, _ in costs)
