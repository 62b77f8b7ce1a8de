import Diagnostics
import Testing

@Suite struct ToldValueTests {
    @Test(arguments: [
        ("The subnet ID 'subnet-0dead' does not exist", "subnet-0dead", true),
        ("The subnet ID 'subnet-0dead1' does not exist", "subnet-0dead", false),
        ("there is no app_db", "app", false), ("there is no prod/db/password", "prod/db", false),
        ("no machines of c7i.large", "c7i", false), ("no machines of c7i.large.", "c7i.large", true),
        ("arn:aws:iam::1:role/team/x", "team", false), ("ask for 10", "10", false), ("anything", "", false),
        ("", "abc", false),
    ])
    func isNamedAsAWhole(message: String, value: String, isTold: Bool) {
        #expect(message.tells(value) == isTold)
    }
}
