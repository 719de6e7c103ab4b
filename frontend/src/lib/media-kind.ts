// Sound alone or a picture too: a first guess from the name, until the player has read the file.
const kAudioExtensions = /\.(mp3|m4a|m4b|aac|wav|flac|ogg|oga|opus|weba|wma|aif|aiff|amr|ac3|caf)$/i;

export function looksLikeAudio(name: string, mimeType = ""): boolean {
  return mimeType.startsWith("audio/") || (!mimeType.startsWith("video/") && kAudioExtensions.test(name));
}

// What the file chooser offers first; browsers let the user choose anything else as well.
export const kAcceptedFiles = "video/*,audio/*,.mkv,.avi,.mov,.m4v,.ts,.mts,.m2ts,.wmv,.flv,.opus,.amr,.caf,.wma";
