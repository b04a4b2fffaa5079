/// Line breaks as others write them, for a compose line and for a line of one row.
enum LineBreaks {
    static func asLines(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }

    static func asSpaces(_ text: String) -> String {
        asLines(text).replacing("\n", with: " ")
    }
}
