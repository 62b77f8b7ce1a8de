"""A certificate authority of the test run's own, made with the openssl program."""

import pathlib
import subprocess

from program import ProgramFailed

def openssl(*arguments):
    try:
        subprocess.run(("openssl",) + arguments, check=True, capture_output=True, text=True)
    except OSError as error:
        raise ProgramFailed(f"openssl: cannot be started: {error}") from None
    except subprocess.CalledProcessError as error:
        raise ProgramFailed(f"openssl {arguments[0]}: {error.stderr}") from None


def make_key(path):
    openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", str(path))


class Authority:
    """Issues certificates NAME.crt with keys NAME.key into one folder; its own is ca.crt."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.certificate = self.folder / "ca.crt"
        make_key(self.folder / "ca.key")
        openssl("req", "-x509", "-new", "-key", str(self.folder / "ca.key"), "-subj", "/CN=test-ca", "-days", "3650",
                "-out", str(self.certificate))

    def issue(self, name, subject, usage, names=""):
        """A certificate for `subject`; usage is serverAuth or clientAuth, names a subjectAltName value."""
        key, request, extensions = (self.folder / f"{name}.{end}" for end in ("key", "csr", "ext"))
        certificate = self.folder / f"{name}.crt"
        make_key(key)
        lines = ["basicConstraints=CA:FALSE", f"extendedKeyUsage={usage}"]
        if names:
            lines.append(f"subjectAltName={names}")
        extensions.write_text("\n".join(lines) + "\n")
        openssl("req", "-new", "-key", str(key), "-subj", subject, "-out", str(request))
        openssl("x509", "-req", "-in", str(request), "-CA", str(self.certificate), "-CAkey",
                str(self.folder / "ca.key"), "-CAcreateserial", "-days", "365", "-extfile", str(extensions),
                "-out", str(certificate))
        return certificate, key
