"""What is said in tests, and comparing it with what was written."""
import subprocess
import tempfile


def words(text):
    """The words of a text, lower case, without punctuation."""
    return "".join(c.lower() if c.isalnum() else " " for c in text).split()


# A minute and a half of plain sentences. Told over and over they make files of any length in which no window repeats itself:
# a text that does is decoded again and again, as if the model had lost its way.
TALE = """
Every morning the old fisherman walked down to the harbour before the sun came up.
His boat was small and blue, and it was older than his youngest daughter.
The water was calm that day, and a cold wind came from the mountains.
He rowed for an hour until he could no longer see the lights of the village.
Then he threw his net into the sea and waited.
Nothing happened for a long time, so he ate some bread and cheese.
A large white bird sat down on the other end of the boat and looked at him.
He gave the bird a piece of his bread, because he liked company.
When he pulled the net out of the water, there was a bottle in it.
Inside the bottle he found a letter, written by hand in a language that he did not know.
He put it into his pocket and went home earlier than usual.
The teacher of the village had studied in the capital, and she could read it.
It was a recipe for soup, she said, and everybody laughed.
But the soup was very good, and people came from far away to taste it.
Ten years later the fisherman owned a restaurant with twenty tables.
On the wall behind the kitchen door hangs the letter in a golden frame.
The white bird still visits him on Sundays, and it always gets the first plate.
""".split("\n")[1:-1]


def tell(path):
    """Writes the tale as sound, of the kind that the file's name says."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = []
        for number, sentence in enumerate(TALE):
            subprocess.run(["flite", "-voice", "slt", "-t", sentence, "-o", f"{folder}/{number}.wav"], check=True)
            inputs += ["-i", f"{folder}/{number}.wav"]
        pauses = "".join(f"[{n}:a]apad=pad_dur=0.6[p{n}];" for n in range(len(TALE)))
        joined = "".join(f"[p{n}]" for n in range(len(TALE))) + f"concat=n={len(TALE)}:v=0:a=1"
        subprocess.run(["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", pauses + joined, "-ac", "1",
                        "-b:a", "64k", path], check=True)
    return path
