"""Sets crmdesk up and starts it: demo, test, bench NAME, gates NAME; anything else goes to `crmdesk`.

Standard library only, and old syntax, so that an old Python gets a sentence and no traceback.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
STAMP = os.path.join(VENV, "crmdesk-setup")
# What Qt needs to draw offscreen, plus the xcb plugin's libraries where there is a display.
OFFSCREEN = """libEGL.so.1 libegl1  libGL.so.1 libgl1  libglib-2.0.so.0 libglib2.0-0  libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1  libxkbcommon.so.0 libxkbcommon0""".split()
SCREEN = """libxcb-cursor.so.0 libxcb-cursor0  libxcb-icccm.so.4 libxcb-icccm4  libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0  libxkbcommon-x11.so.0 libxkbcommon-x11-0""".split()
USAGE = "python3 run.py demo | test | bench NAME | gates NAME | any command of crmdesk (run.py --help lists them)"


def stop(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def call(command, why):
    """Runs one set-up step quietly; its output appears only if it fails."""
    done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace")[-4000:])
        stop("Set-up stopped while it %s; the lines above say why. Mend that, then run the same command again." % why)


def set_up(extras):
    """Makes .venv and installs crmdesk with every first-party plugin, unless nothing changed since the last time."""
    folder = os.path.join(HERE, "plugins")
    plugins = [os.path.join(folder, n) for n in sorted(os.listdir(folder))]
    plugins = [p for p in plugins if os.path.exists(os.path.join(p, "pyproject.toml"))]
    digest = hashlib.sha256()
    for name in [os.path.join(HERE, "constraints.txt")] + [os.path.join(p, "pyproject.toml") for p in [HERE] + plugins]:
        with open(name, "rb") as file:
            digest.update(name.encode() + file.read())
    if os.path.exists(PYTHON) and os.path.exists(STAMP):
        with open(STAMP) as file:
            done, _, had = file.read().partition(" ")
        if done == digest.hexdigest() and set(extras) <= set(had.split(",")):
            return
    sys.stderr.write("Setting up crmdesk in .venv (about two minutes the first time) ...\n")
    wanted = ["-c", os.path.join(HERE, "constraints.txt"), "-e", HERE + "[%s]" % ",".join(extras)]
    for plugin in plugins:
        wanted += ["-e", plugin]
    uv = shutil.which("uv")
    if not os.path.exists(PYTHON):
        if not uv and not importlib.util.find_spec("ensurepip"):
            apt(["python3-venv"], "Python's venv module is missing")
        call(
            [uv, "venv", "--python", sys.executable, VENV] if uv else [sys.executable, "-m", "venv", VENV], "made .venv"
        )
    pip = (
        [uv, "pip", "install", "--python", PYTHON, "--compile-bytecode"]
        if uv
        else [PYTHON, "-m", "pip", "install", "-q"]
    )
    call(pip + wanted, "installed the packages")
    with open(STAMP, "w") as file:
        file.write(digest.hexdigest() + " " + ",".join(extras))


def apt(names, reason):
    """Installs Debian packages where that is allowed, else prints the exact line."""
    line = ["apt-get", "install", "-y", "--no-install-recommends"] + names
    if not shutil.which("apt-get"):
        sys.stderr.write("%s; install what your system calls: %s\n" % (reason, " ".join(names)))
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and (not shutil.which("sudo") or subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL)):
        stop("%s. Run this line, then the same command again:\n  sudo %s" % (reason, " ".join(line)))
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.call(sudo + ["apt-get", "update"], **quiet)
    if subprocess.call(sudo + line, **quiet):
        sys.stderr.write("%s, and apt could not install it; try: %s\n" % (reason, " ".join(line)))


def qt_libraries():
    """On Debian and Ubuntu: the system libraries and a font that Qt's wheels do not bring."""
    ldconfig = shutil.which("ldconfig", path="/sbin:/usr/sbin:" + os.environ.get("PATH", ""))
    if not sys.platform.startswith("linux") or not ldconfig:
        return
    known = subprocess.run([ldconfig, "-p"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    pairs = OFFSCREEN + (SCREEN if os.environ.get("DISPLAY") else [])
    wanted = [package for file, package in zip(pairs[::2], pairs[1::2]) if file not in known]
    if not any(files for _, _, files in os.walk("/usr/share/fonts")):
        wanted.append("fonts-dejavu-core")
    if wanted:
        apt(wanted, "System libraries for the window are missing")


def main(arguments):
    if sys.version_info < (3, 11):
        stop("crmdesk needs Python 3.11 or newer; this is %d.%d. Use a newer python3." % sys.version_info[:2])
    if not arguments:
        stop("Say what to run: " + USAGE)
    verb, rest = arguments[0], arguments[1:]
    set_up(["dev", "bench"] if verb == "bench" else ["dev"])
    qt_libraries()
    pytest = [PYTHON, "-m", "pytest"]
    if verb == "test":
        parallel = [] if any(a.startswith(("-n", "tests")) for a in rest) else ["-n", str(min(4, os.cpu_count() or 1))]
        hand_over(pytest + parallel + rest, cwd=HERE)
    if verb in ("bench", "gates"):
        if not rest or not os.path.exists(os.path.join(HERE, "tests", verb, "test_%s.py" % rest[0])):
            files = sorted(os.listdir(os.path.join(HERE, "tests", verb)))
            known = [f[5:-3] for f in files if f.startswith("test_")]
            stop("Name one of: " + ", ".join(known))
        test = os.path.join("tests", verb, "test_%s.py" % rest[0])
        os.environ["CRMDESK_GATE"] = "full"  # every test run has a small size of each gate; this is the whole
        hand_over(pytest + ["-s", "--timeout=0", "-p", "no:randomly", test] + rest[1:], cwd=HERE)
    hand_over([PYTHON, "-m", "crmdesk"] + arguments)


def hand_over(command, cwd=None):
    """Runs the program and ends as it ends; a Ctrl-C is the program's to answer, so here it only waits."""
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.exit(subprocess.call(command, cwd=cwd))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        stop("Stopped; run the same command again to go on.")
