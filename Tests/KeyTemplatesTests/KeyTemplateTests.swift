import KeyTemplates
import Testing

struct KeyTemplateTests {
    @Test(arguments: [
        ("MSG#{group}", "MSG#8fb0", ["group": "8fb0"]),
        ("PAIR#{one}#{other}", "PAIR#a#b#c", ["one": "a", "other": "b#c"]),
        ("{a}#END", "x#END#END", ["a": "x#END"]),
        ("PAIR", "PAIR", [:]),
        ("日本#{名}", "日本#猫", ["名": "猫"]),
        ("{whole}", "anything # at all", ["whole": "anything # at all"]),
    ])
    func whatTheNamesStandForIsRead(template: String, key: String, values: [String: String]) throws {
        #expect(try KeyTemplate(template).values(in: key) == values)
    }

    @Test(arguments: [
        ("MSG#{group}", "GRP#8fb0"), ("MSG#{group}", "MSG#"), ("MSG#{group}", "MSG"), ("PAIR", "PAIRS"),
        ("{a}#END", "#END"), ("PAIR#{one}#{other}", "PAIR##b"), ("PAIR#{one}#{other}", "PAIR#a#"), ("K", "\u{212A}"),
    ])
    func whatIsNotMadeSoIsNone(template: String, key: String) throws {
        #expect(try KeyTemplate(template).values(in: key) == nil)
    }

    @Test(arguments: ["", "{a}{b}", "{a", "a}", "{}", "{a}#{a}", "{{a}}", "{a{b}}"])
    func whatCouldBeReadInTwoWaysIsRefused(template: String) {
        #expect(throws: TemplateFault.self) { try KeyTemplate(template) }
    }
}
