// A transcript as a Word document: five small XML files in a ZIP archive.
#include "app/services/docx.h"

#include <algorithm>
#include <array>

#include "app/services/text_files.h"
#include "app/services/zip_file.h"
#include "domain/script.h"

namespace v2t {
namespace {

constexpr std::string_view kXmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

constexpr std::string_view kContentTypes =
    R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
    R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
    R"(<Default Extension="xml" ContentType="application/xml"/>)"
    R"(<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>)"
    R"(<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>)"
    R"(<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>)"
    R"(</Types>)";

constexpr std::string_view kPackageParts =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)"
    R"(<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>)"
    R"(<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>)"
    R"(</Relationships>)";

constexpr std::string_view kDocumentParts =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)"
    R"(<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>)"
    R"(</Relationships>)";

constexpr std::string_view kWordNamespace = R"(xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main")";

bool is_right_to_left(std::string_view language) {
  constexpr std::array<std::string_view, 8> kLanguages{"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"};
  return std::ranges::find(kLanguages, language) != kLanguages.end();
}

// Of one line of valid UTF-8: markup quoted, and the two characters left out that XML 1.0 does not have.
std::string xml_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [c, size_bytes] = first_code_point(text);
    const size_t size = std::min(size_bytes, text.size());
    if (c == U'&')
      out += "&amp;";
    else if (c == U'<')
      out += "&lt;";
    else if (c == U'>')
      out += "&gt;";
    else if (c == U'"')
      out += "&quot;";
    else if (c != 0xFFFE && c != 0xFFFF)
      out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

std::string run(std::string_view style, const std::string& text, bool is_rtl) {
  std::string properties = style.empty() ? "" : "<w:rStyle w:val=\"" + std::string(style) + "\"/>";
  if (is_rtl) properties += "<w:rtl/>";
  return "<w:r><w:rPr>" + properties + "</w:rPr><w:t xml:space=\"preserve\">" + xml_text(text) + "</w:t></w:r>";
}

std::string paragraph(std::string_view style, const std::string& runs, bool is_rtl) {
  std::string properties = style.empty() ? "" : "<w:pStyle w:val=\"" + std::string(style) + "\"/>";
  if (is_rtl) properties += "<w:bidi/>";
  return "<w:p><w:pPr>" + properties + "</w:pPr>" + runs + "</w:p>";
}

std::string document_xml(const Transcript& transcript, TextLayout layout) {
  const bool is_rtl = is_right_to_left(transcript.language);
  std::string out = std::string(kXmlHead) + "<w:document " + std::string(kWordNamespace) + "><w:body>";
  out += paragraph("Title", run("", one_line(transcript.name), is_rtl), is_rtl);
  for (const auto& block : text_blocks(transcript, layout)) {
    std::string runs;
    if (layout == TextLayout::kTimes) runs = run("Time", "[" + clock_time(block.start) + "] ", is_rtl);
    out += paragraph("", runs + run("", block.text, is_rtl), is_rtl);
  }
  // A4 with margins of 2.5 cm.
  return out +
         R"(<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>)"
         R"(<w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/>)"
         "</w:sectPr></w:body></w:document>";
}

// The language is what the spelling checker goes by.
std::string styles_xml(const std::string& language) {
  const std::string code = xml_text(language.empty() ? "en" : one_line(language));
  return std::string(kXmlHead) + "<w:styles " + std::string(kWordNamespace) +
         "><w:docDefaults><w:rPrDefault><w:rPr>"
         R"(<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Arial"/><w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val=")" +
         code + "\" w:eastAsia=\"" + code + "\" w:bidi=\"" + code +
         R"("/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>)"
         R"(<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>)"
         R"(<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/>)"
         R"(<w:rPr><w:b/><w:bCs/><w:sz w:val="36"/><w:szCs w:val="36"/></w:rPr></w:style>)"
         R"(<w:style w:type="character" w:customStyle="1" w:styleId="Time"><w:name w:val="Time"/><w:rPr><w:color w:val="595959"/></w:rPr></w:style>)"
         "</w:styles>";
}

std::string properties_xml(const Transcript& transcript) {
  return std::string(kXmlHead) +
         R"(<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">)"
         "<dc:title>" +
         xml_text(one_line(transcript.name)) + "</dc:title><dc:creator>video2text</dc:creator><dc:language>" +
         xml_text(one_line(transcript.language)) + "</dc:language></cp:coreProperties>";
}

}  // namespace

std::string write_docx(const Transcript& transcript, TextLayout layout) {
  ZipFile zip;
  zip.add("[Content_Types].xml", std::string(kXmlHead) + std::string(kContentTypes));
  zip.add("_rels/.rels", std::string(kXmlHead) + std::string(kPackageParts));
  zip.add("word/document.xml", document_xml(transcript, layout));
  zip.add("word/_rels/document.xml.rels", std::string(kXmlHead) + std::string(kDocumentParts));
  zip.add("word/styles.xml", styles_xml(transcript.language));
  zip.add("docProps/core.xml", properties_xml(transcript));
  return zip.finish();
}

}  // namespace v2t
