"""Does with a file what its arguments say, step by step, and then kills itself.

Usage: file_steps.py STEP…, where the steps are the functions below with their words in between, such as "write abc".
"""

import os
import signal
import sys

NAME = "new"


class Steps:
    def __init__(self):
        self.directory = os.open(".", os.O_RDONLY)
        self.file = None

    def create(self):
        self.file = os.open(NAME, os.O_CREAT | os.O_RDWR)

    def create_below(self):
        os.mkdir("below")
        self.file = os.open("below/" + NAME, os.O_CREAT | os.O_RDWR)

    def replace(self):
        self.file = os.open(NAME, os.O_WRONLY | os.O_TRUNC)

    def write(self, text):
        os.write(self.file, text.encode())

    def write_parts(self, *texts):
        os.writev(self.file, [text.encode() for text in texts])

    def write_at(self, place, text):
        os.pwrite(self.file, text.encode(), int(place))

    def cut(self, length):
        os.ftruncate(self.file, int(length))

    def sync(self):
        os.fsync(self.file)

    def sync_data(self):
        os.fdatasync(self.file)

    def sync_directory(self):
        os.fsync(self.directory)

    def sync_below(self):
        os.fsync(os.open("below", os.O_RDONLY))

    def unlink(self):
        os.unlink(NAME)

    def rename(self, name):
        os.rename(NAME, name)


def main():
    steps = Steps()
    for step in sys.argv[1:]:
        name, *arguments = step.split()
        getattr(steps, name)(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)


main()
