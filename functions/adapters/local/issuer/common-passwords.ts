/**
 * The commonest passwords of ten characters and more in published leaks, in the form that password-rules compares: lower
 * case, without separators and closing marks. Shorter ones are refused by their length.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  0123456789 0987654321 1029384756 11223344556 1122334455 112233445566 1234512345 1234554321 12345678900 1234567890a
  1234567890q 1234567890qwe 123456789a 123456789abc 123456789q 123456789qwe 123123123123 1231231231 123321123321 1234qwerasdf
  12qwaszx34 1357924680 147258369a 1472583690 159357456852 1a2b3c4d5e 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qazxsw23edc
  2wsx3edc4rfv 789456123a 789456123789 7894561230 9876543210 987654321a abc1234567 abc123456789 abcd123456 abcd12345678 abcdefghij
  abcdefghijkl a1b2c3d4e5 a123456789 aa123456789 aa12345678 adminadmin administrator adminpassword admin12345 admin123456 airforce1234
  alexander1 alexander123 andromeda12 antonio123 asdasdasdasd asdf123456 asdfasdfasdf asdfghjkl1 asdfghjkl123 asdfghjkl; asdfghjklö
  asdfjkl123 asdfqwerzxcv azertyuiop azertyuiop123 azerty123456 babygirl123 barcelona1 basketball basketball1 blink182blink
  bubblegum1 butterfly1 butterfly12 california california1 champions1 changeme12 changeme123 changeme1234 changemenow charlotte1 cheerleader
  chocolate1 chocolate12 christopher christian1 computer12 computer123 confidential correcthorse correcthorsebatterystaple dragonball dragonball1 dragonballz
  elizabeth1 enterprise every1love facebook123 fluorescence football10 football12 football123 forever123 forgetmenot friendship gateway123
  geronimo12 godblessyou google1234 grandmother gfhjkm12345 gfhjkmgfhjkm happybirthday helloworld helloworld1 hello12345 hello123456 heaven1234 iloveyou12 iloveyou123
  iloveyou1234 iloveyou2 iloveyousomuch internet12 internet123 jennifer12 jennifer123 jessica123 jordan1234 justinbieber kingofkings laboratory
  leavemealone letmein123 letmein1234 letmeinnow liverpool1 liverpool123 lkjhgfdsa1 london2012 loveforever lovelovelove loveyou123 manchester
  manchester1 manutd1234 master1234 master123456 metallica1 michael123 michelle123 microscope microscopy mississippi mnbvcxz123 monkey1234 motherfucker
  mustang123 myspace123 mypassword mypassword1 naruto1234 neuroscience newpassword newyork123 nightmare1 notpassword ou812ou812 p@ssw0rd123 p@ssword12
  p4ssw0rd12 pa55word123 pakistan123 pass123456 passpasspass passw0rd12 passw0rd123 password00 password01 password1! password10 password11
  password12 password123 password1234 password12345 password123456 password2020 password2021 password2022 password2023 password2024 password2025 password2026
  password99 passwordpassword passwort12 passwort123 passwort1234 pokemon123 pokemon1234 princess12 princess123 pussycat12 q1w2e3r4t5 q1w2e3r4t5y6
  qazwsx123456 qazwsxedc1 qazwsxedc123 qazwsxedcrfv qwe123qwe123 qweasdzxc1 qweasdzxc123 qweqweqweqwe qwer123456 qwer12345678 qwerasdfzxcv qwert12345
  qwert123456 qwerty1234 qwerty12345 qwerty123456 qwerty1234567 qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopasdfghjkl
  qwertzuiop qwertzuiop1 qwertzuiopü rainbow123 realmadrid1 rockandroll samantha123 samsung123 secret1234 secret12345 secretpassword shadow1234
  skateboard slipknot666 snoopy1234 soccer1234 spiderman1 spiderman12 spongebob1 starwars12 starwars123 strawberry strawberry1 summer2020 summer2021 summer2022
  summer2023 summer2024 summer2025 sunshine12 sunshine123 superman12 superman123 superstar1 sweetheart sweetheart1 teamomucho teiubesc12 tequieromucho
  test123456 testtest12 testtesttest testing123 thebeatles thuglife12 tinkerbell tinkerbell1 trustno1234 unbelievable undertaker underwater universe12
  usertester volkswagen welcome123 welcome1234 welcome2024 welcome2025 whatever12 whatever123 whiteboard windows123 windowsxp1 winter2023 winter2024 winter2025 wolverine1
  woaini1314 woaini1314520 woaini5201314 wordpass12 yankees123 yourmother yugioh1234 zaq12wsxcde3 zaq1xsw2cde3 zxcvbnm123 zxcvbnm1234 zxcvbnm12345 zxcvbnmasd
  `
    .trim()
    .split(/\s+/),
);
