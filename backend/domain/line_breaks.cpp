// How much it hurts to part two neighbouring words.
#include "domain/line_breaks.h"

#include <algorithm>
#include <array>
#include <string>

#include "domain/script.h"

namespace v2t {
namespace {

// The lists of all languages together: a word of one that means something else in another costs a slightly worse
// break there, which is less than what it would take to know the language of every word.

// Articles, possessives, subject pronouns, auxiliaries, negations.
constexpr std::u32string_view kLeaning =
    U" a an the my your his her its our their this that these those i you he she we they is are was were be been am do "
    U"does did has have had will would can could may might must shall should not no very "
    U"der die das den dem des ein eine einen einem einer mein meine dein sein seine ihr ihre unser ich du er wir nicht "
    U"kein keine sehr "
    U"le la les l un une des du mon ma mes ton ta tes sa ses notre votre leur je tu il elle nous vous ils elles ne "
    U"el los las una unos unas mi su sus tu lo gli uno il i "
    U"o os as um uma meu minha seu sua não "
    U"de het een mijn jouw zijn "
    U"не ни мой моя мое моё мои твой его её ее их наш ваш этот эта это эти тот та те я ты он она мы вы они очень "
    U"мій моя твій його її наш ваш цей ця це ці він вона ми ви вони дуже "
    U"nie mój moja twój jego jej ich ten ta to bardzo ";

constexpr std::u32string_view kPrepositions =
    U" of to in on at by for with from into onto about over under between through during against without after before "
    U"as "
    U"von zu zum zur im am bei mit nach aus auf für über unter vor zwischen durch gegen ohne um "
    U"à au aux en dans sur sous chez par pour avec sans vers entre "
    U"del al con por para sin sobre entre desde hasta "
    U"di da su per tra fra nel nella dal dalla del della al alla sul sulla "
    U"no na nos nas do da dos das em com sem ao pelo pela "
    U"van naar met voor door bij op uit te "
    U"в во на с со к ко у о об по за из от до для при без под над про через между перед около "
    U"з із зі до від для при без під над про через між у в на за по "
    U"w we z ze do od dla przy bez pod nad przez między po za o u ";

constexpr std::u32string_view kConjunctions =
    U" and or but because that which who whose where when while if so than although though unless until since "
    U"und oder aber weil dass wenn als denn sondern obwohl während "
    U"et ou mais que qui dont où quand car donc si puisque parce "
    U"y o pero que porque cuando donde aunque si "
    U"e ma che perché quando dove se mentre "
    U"mas porque quando onde embora "
    U"en of maar omdat dat die wanneer als "
    U"и а но или что чтобы если когда потому который которая которое которые где как хотя пока "
    U"і та але або що щоб якщо коли тому який яка яке які де як хоча поки "
    U"i a ale lub że żeby jeśli kiedy ponieważ który która które gdzie jak choć ";

// The word in small letters, between spaces, without marks around it.
std::u32string folded(std::string_view word) {
  std::u32string out(1, U' ');
  while (!word.empty()) {
    const auto [c, size_bytes] = first_code_point(word);
    if (!is_opening_mark(c) && !is_closing_mark(c)) out += to_small(c);
    word.remove_prefix(std::min(size_bytes, word.size()));
  }
  return out + U' ';
}

bool is_in(std::u32string_view list, const std::u32string& word) {
  return word.size() > 2 && list.find(word) != std::u32string_view::npos;
}

bool begins_with_capital(std::string_view word) {
  while (!word.empty() && is_opening_mark(first_code_point(word).value))
    word.remove_prefix(std::min(first_code_point(word).size_bytes, word.size()));
  return !word.empty() && is_capital(first_code_point(word).value);
}

// "Mr." and "J." end with a mark that ends no sentence.
bool is_abbreviation(const std::u32string& word) {
  constexpr std::u32string_view kTitles =
      U" mr. mrs. ms. dr. prof. st. no. vs. herr. hr. fr. nr. bzw. sr. sra. mme. г. гг. ул. им. т. стр. тыс. млн. "
      U"млрд. руб. ";
  const bool is_initial = word.size() == 4 && word[2] == U'.' && word[1] > U'9';
  return is_initial || is_in(kTitles, word);
}

}  // namespace

int break_cost(std::string_view before, std::string_view after) {
  const char32_t mark = last_before_closing_marks(before);
  const std::u32string left = folded(before);
  if (ends_sentence(mark))
    return is_abbreviation(left) && begins_with_capital(after) ? kBreakInsideName : kBreakAfterSentence;
  if (ends_clause(mark)) return kBreakAfterClause;
  const char32_t last = last_code_point(before).value;
  const char32_t first = first_code_point(after).value;
  if (is_katakana(last) && is_katakana(first)) return kBreakInsideName;
  if (is_digit(last) || (is_digit(first) && last == U'№')) return kBreakInsideNumber;
  if (is_written_without_spaces(last)) return kBreakBetweenWords;
  if (is_in(kLeaning, left) || is_in(kPrepositions, left)) return kBreakAfterLittleWord;
  const std::u32string right = folded(after);
  if (is_in(kConjunctions, left)) return kBreakAfterLittleWord;
  if (begins_with_capital(before) && begins_with_capital(after)) return kBreakInsideName;
  if (is_in(kConjunctions, right)) return kBreakBeforeConjunction;
  if (is_in(kPrepositions, right)) return kBreakBeforePreposition;
  return kBreakBetweenWords;
}

}  // namespace v2t
