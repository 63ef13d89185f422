"""A function and the names of parts in, reports out as they come: on this machine, or on a cluster.

An executor promises that every part is reported exactly once, whatever becomes of its workers; a part that keeps
killing its worker is reported as such. Nothing but names and reports travels: the parts lie where every worker can
read and write.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.batch.needs import distributed
from pipeline.errors import StudyError

PATIENCE = 10.0  # seconds in which a cluster must answer
ATTEMPTS = 3  # workers that a part may kill
SILENT = 4 * ATTEMPTS  # pools that may die one after the other without a single report


@dataclass(frozen=True, slots=True)
class Report:
    """A part was coded, or ``error`` says in French why not; ``fatal`` where no other can be either."""

    part: str
    documents: int = 0
    segments: int = 0
    left_out: int = 0
    error: str = ""
    fatal: bool = False


Work = Callable[[str, int], Report]


class Executor(Protocol):
    """Runs ``work(part, threads)`` for every part. Nothing must inherit from it."""

    def run(self, work: Work, parts: Sequence[str]) -> Iterator[Report]:
        """Yield a report a part, in any order; closing the iterator stops the work."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where to work: how many ``workers`` (0: as many as there are cores), or the address of a ``cluster``."""

    workers: int = 0
    cluster: str = ""


class Local:
    """A pool of processes on this machine, begun afresh (« spawn »); cores are shared out among them."""

    def __init__(self, place: Place) -> None:
        if place.cluster:
            raise StudyError("--cluster ne vaut qu’avec --executor dask.")
        self._workers = place.workers

    def run(self, work: Work, parts: Sequence[str]) -> Iterator[Report]:
        """Yield reports; when a worker dies its pool is replaced, and what it had not finished is begun again."""
        from concurrent.futures.process import BrokenProcessPool

        left, silent = dict.fromkeys(parts, 0), 0
        while left:
            begun: list[str] = []
            silent += 1
            if silent > SILENT:
                raise StudyError(
                    "Les ouvriers meurent avant d’avoir rien codé : mémoire insuffisante, ou installation abîmée. "
                    "Essayez --workers 1, puis filrouge code sur un seul entretien."
                )
            try:
                for report in self._pass(work, list(left), begun):
                    del left[report.part]
                    silent = 0
                    yield report
            except BrokenProcessPool:
                for part in begun:
                    if part in left:
                        left[part] += 1
                for part in [part for part, deaths in left.items() if deaths >= ATTEMPTS]:
                    del left[part]
                    yield Report(part, error=_deadly(part))

    def _pass(self, work: Work, parts: Sequence[str], begun: list[str]) -> Iterator[Report]:
        """Run one pool; ``begun`` gathers, should it break, the parts that were under way."""
        from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
        from multiprocessing import get_context

        cores = _cores()
        workers = min(self._workers or cores, len(parts))
        threads = max(1, cores // workers)
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin)
        waiting = list(reversed(parts))
        running: dict[Any, str] = {}
        try:
            with _numeric_threads(threads):
                while waiting or running:
                    while waiting and len(running) < workers:
                        part = waiting.pop()
                        begun[:] = [*running.values(), part]
                        running[pool.submit(work, part, threads)] = part
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    begun[:] = running.values()
                    for future in done:
                        report = future.result()
                        del running[future]
                        yield report
        finally:
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)


class Dask:
    """Workers of Dask: a scheduler that runs at ``cluster``, or one begun here, on the loopback alone."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def run(self, work: Work, parts: Sequence[str]) -> Iterator[Report]:
        """Yield reports; Dask gives the parts of a worker that died to another, three times at most."""
        dask = distributed()
        with self._client(dask, len(parts)) as (client, threads):
            futures = {
                client.submit(work, part, threads, key=f"{part}-{os.getpid()}", pure=False): part for part in parts
            }
            for future in dask.as_completed(list(futures)):
                part = futures.pop(future)
                yield self._told(dask, future, part)
                future.release()

    def _told(self, dask: Any, future: Any, part: str) -> Report:
        """Return a part's report. Raises StudyError where the cluster itself fails."""
        try:
            report: Report = future.result()
            return report
        except dask.scheduler.KilledWorker:
            return Report(part, error=_deadly(part))
        except (dask.client.FutureCancelledError, OSError):
            raise StudyError(
                "La grappe s’est arrêtée en chemin. Ce qui est fait reste fait : relancez-la, puis la commande."
            ) from None
        except ImportError as error:
            raise StudyError(
                f"Les ouvriers de la grappe n’ont pas ce qu’il faut ({error}) : installez-y "
                "pip install 'filrouge[cluster]', dans la même version qu’ici."
            ) from None

    @contextlib.contextmanager
    def _client(self, dask: Any, parts: int) -> Iterator[tuple[Any, int]]:
        """Yield a client and the threads that a part may use."""
        if self._place.cluster:
            with _joined(dask, self._place.cluster) as client:
                yield client, 1
            return
        cores = _cores()
        workers = min(self._place.workers or cores, parts)
        threads = max(1, cores // workers)
        with (
            _numeric_threads(threads),
            dask.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None,
                silence_logs=50, worker_dashboard_address=None,
            ) as cluster,
            dask.Client(cluster) as client,
        ):  # fmt: skip
            yield client, threads


def _joined(dask: Any, address: str) -> Any:
    """Connect to a scheduler. Raises StudyError, within some PATIENCE, where none answers."""
    import socket
    from urllib.parse import urlsplit

    try:
        place = urlsplit(address if "://" in address else f"tcp://{address}")
        # Dask's own attempt leaves threads behind that hold up the end of the program: knock first.
        socket.create_connection((place.hostname or "", place.port or 8786), timeout=PATIENCE).close()
        client = dask.Client(address, timeout=PATIENCE)
    except Exception as error:  # whatever answers at this address is not a scheduler of this release
        raise StudyError(
            f"{address} : la grappe ne répond pas ({type(error).__name__}). Vérifiez l’adresse "
            "(tcp://machine:8786) et que dask scheduler y tourne, dans la même version de Dask."
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except Exception:
        client.close()
        raise StudyError(
            f"{address} : cette grappe n’a aucun ouvrier. Lancez-en sur ses machines : "
            f"dask worker {address} --nthreads 1."
        ) from None
    return client


# To add an executor: a class with `run`, built from a Place, and a line here. The first is the default.
EXECUTORS: dict[str, Callable[[Place], Executor]] = {"local": Local, "dask": Dask}


def use_threads(threads: int) -> None:
    """Bound the threads of what this process has loaded to compute with."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def _begin() -> None:
    """Make a worker that leaves Ctrl-C to its parent, and ends when its parent does."""
    import multiprocessing
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextlib.contextmanager
def _numeric_threads(threads: int) -> Iterator[None]:
    """Let the workers begun in this block compute on so many threads: some libraries read it once, when loaded."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
    wanted = dict.fromkeys(names, str(threads)) | {"OMP_WAIT_POLICY": "PASSIVE"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _deadly(part: str) -> str:
    """Say that a part kills its workers."""
    return (
        f"{part} : {ATTEMPTS} ouvriers sont morts en codant cette part (mémoire insuffisante ?). "
        "Les autres sont faites ; relancez avec moins d’ouvriers (--workers 1)."
    )
