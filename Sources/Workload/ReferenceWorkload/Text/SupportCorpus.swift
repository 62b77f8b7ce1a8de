/// The built-in corpus of text services: letters to the support of a made-up shop, written for this package.
enum SupportCorpus {
    static let text = """
        I ordered a blue lamp last week and it has not arrived yet. The tracking page says that the parcel left the \
        warehouse on Monday. Could you please tell me when it will arrive? I would like to have it before the weekend.

        The chair that I ordered arrived today and one of the legs is broken. I would like to return it and get my \
        money back. Could you please send me a label for the parcel? Thank you for your help.

        Thank you for your letter. We are sorry that the parcel has not arrived yet. The parcel left the warehouse on \
        Tuesday and it will arrive before the end of the week. Please tell us if it has not arrived by then.

        I would like to change the address of my order. I moved to a new flat last week and the parcel will go to the \
        old one. Could you please send it to the new address before it leaves the warehouse?

        We are sorry that one of the glasses is broken. We will send you a new one today and you can keep the old one. \
        The new one will arrive before the weekend. Please tell us if you would like to get your money back.

        My invoice for the last order shows the wrong address. Could you please send me a new invoice? I need it before \
        the end of the month. The order itself arrived on time and I am happy with it.

        I am happy with the table that I ordered last month. The colour is a little darker than the picture on the page, \
        but it looks good in the new flat. I would like to order two chairs that go with it. Do you have them in the \
        warehouse?

        Thank you for your order. The two chairs are in the warehouse and they will leave on Friday. You can follow the \
        parcel on the tracking page. Please tell us if you would like to change the address.

        The discount code from your last letter does not work. The page says that the code is wrong. Could you please \
        tell me when it ends? I would like to order a lamp and two chairs with it.

        We are sorry that the code does not work. The code ends on Sunday and it works for orders of two lamps or more. \
        We will send you a new code today and you can use it for the next order.
        """
}
