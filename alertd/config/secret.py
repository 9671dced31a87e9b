"""Passwords and tokens: named in the files, kept elsewhere, never shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from alertd.config.faults import Fault
from alertd.config.sources import read_regular

#: where a secret may lie: systemd's credentials (systemd.exec(5), LoadCredential=), a variable, a file
SECRET_KINDS = ("credential", "env", "file")


class SecretMissing(ValueError):
    """A secret is not where the file says. `fault` says so at the line that names it, without any secret."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text())
        self.fault = fault


class Secret:
    """A secret that is read when it is needed, so that a rotated one is seen without a restart.

    Printing, logging or formatting one gives `***`.
    """

    __slots__ = ("_environ", "_fault", "_folder", "_name", "_plain", "kind")

    def __init__(
        self,
        kind: str,
        name: str,
        environ: Mapping[str, str],
        folder: Path,
        fault: Fault,
    ) -> None:
        """`folder` is where relative file names start; `fault` is what to say where the secret is missing."""
        self.kind = kind
        self._name = name
        self._environ = environ
        self._folder = folder
        self._fault = fault
        self._plain: str | None = None

    @classmethod
    def plain(cls, value: str) -> Secret:
        """A value that may hold a secret and is known already, such as a database address."""
        secret = cls("plain", "", {}, Path(), Fault("", 1, 1, "secret-missing"))
        secret._plain = value
        return secret

    def reveal(self) -> str:
        """The secret itself, without the line end a file closes with.

        Raises:
            SecretMissing: it is not there, empty or unreadable.
        """
        try:
            value = self._read()
        except (OSError, UnicodeDecodeError):
            value = ""
        if not value:
            raise SecretMissing(self._fault)
        return value

    def _read(self) -> str:
        if self._plain is not None:
            return self._plain
        if self.kind == "env":
            return self._environ.get(self._name, "")
        if self.kind == "file":
            return read_regular(self._folder / self._name).decode().rstrip("\r\n")
        credentials = self._environ.get("CREDENTIALS_DIRECTORY", "")
        return read_regular(Path(credentials, self._name)).decode().rstrip("\r\n") if credentials else ""

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written out")
