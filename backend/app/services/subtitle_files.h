// Cues as files of subtitles.
#pragma once

#include <span>
#include <string>

#include "domain/subtitles.h"
#include "domain/transcript.h"

namespace v2t {

// "01:02:03.004"
std::string vtt_time(Millis time);

// `with_words`: each word's time too.
std::string write_srt(std::span<const SubtitleCue> cues);
std::string write_vtt(std::span<const SubtitleCue> cues, bool with_words);
// Advanced SubStation Alpha v4.00+; with_words: karaoke, the word being said in another colour.
std::string write_ass(std::span<const SubtitleCue> cues, const std::string& title, bool with_words);
// Cues of one line; with_words: "enhanced", <mm:ss.xx> before each word.
std::string write_lrc(std::span<const SubtitleCue> cues, const Transcript& transcript, bool with_words);

}  // namespace v2t
