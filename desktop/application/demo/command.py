"""``swingtag demo``: two collectors, two devices each, one server, end to end."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from desktop.application.demo.cast import cast
from desktop.application.demo.errors import DemoError
from desktop.application.demo.performance import Performance
from desktop.application.demo.report import Report
from desktop.collection.reference.catalogue import load


def run_demo(output: Path, *, keep: bool, show: bool) -> int:
    """Play the demo and return the exit status; screenshots go to ``output``.

    With ``keep`` the folders of server and devices stay, with ``show`` the windows are opened on
    the screen instead of off it.
    """
    signal.signal(signal.SIGTERM, _end)
    report = Report(sys.stdout)
    report.say("Swingtag demo: two collectors, two devices each, one server")
    stage = Path(tempfile.mkdtemp(prefix="swingtag-demo-"))
    try:
        output.mkdir(parents=True, exist_ok=True)
        with ExitStack() as curtain:
            Performance(
                collectors=cast(load()),
                stage=stage,
                pictures=output.resolve(),
                environment=_environment(os.environ, show=show),
                report=report,
                curtain=curtain,
            ).play()
    except DemoError as error:
        report.say(f"FAILED after {report.seconds:.0f} s: {error}")
        return 1
    except OSError as error:
        report.say(f"FAILED after {report.seconds:.0f} s: {error.strerror}: {error.filename}")
        return 1
    finally:
        if keep:
            report.say(f"The folders of server and devices stay in {stage}")
        else:
            shutil.rmtree(stage, ignore_errors=True)
    report.say(f"All of it in {report.seconds:.0f} s. Pictures are in {output.resolve()}")
    return 0


def _environment(own: Mapping[str, str], *, show: bool) -> dict[str, str]:
    """Return what each device's process gets: a locale that the script can type for."""
    unseen = {} if show else {"QT_QPA_PLATFORM": "offscreen"}
    return {**own, "LC_ALL": "en_US.UTF-8", **unseen}


def _end(number: int, _frame: FrameType | None) -> None:
    """End as if by hand when asked to, so that no program is left behind."""
    sys.exit(128 + number)
